using System.Security;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>Reads a whole file of limited size.</summary>
internal static class BoundedFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The largest size in bytes.</param>
    /// <returns>Its bytes, or why it cannot be read.</returns>
    public static Outcome<byte[]> Read(string path, long limit)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            if (stream.Length > limit)
            {
                return Outcome.Fail(
                    StatusCode.FileInvalid, $"{path} has {stream.Length} bytes; more than {limit} are not read. Is it the right file?");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (NotRegularFileException failure)
        {
            return Outcome.Fail(StatusCode.FileInvalid, failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, $"{path} cannot be read: {failure.Message.TrimEnd('.')}.");
        }
    }
}
