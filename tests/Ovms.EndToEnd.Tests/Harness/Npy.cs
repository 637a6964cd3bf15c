using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Reads the data of a NumPy file; its shape and type are known to the caller.</summary>
internal static class Npy
{
    /// <summary>The raw elements.</summary>
    public static byte[] Data(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (!file.AsSpan(1, 5).SequenceEqual("NUMPY"u8) || file[6] != 1)
        {
            throw new InvalidDataException($"{path} is not a NumPy file of version 1: {Encoding.ASCII.GetString(file, 0, 6)}");
        }

        return file[(10 + BitConverter.ToUInt16(file, 8))..];
    }
}
