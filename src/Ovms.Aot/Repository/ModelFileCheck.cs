using System.Globalization;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>
/// Checks a model's files before OpenVINO reads them. It finds faults that OpenVINO reports only as "cannot read": files that are
/// missing, forbidden, empty, truncated while being copied, or Git LFS pointers.
/// </summary>
internal static class ModelFileCheck
{
    // Git LFS leaves this pointer in a file's place until the file is fetched.
    private static readonly byte[] s_largeFilePointer = "version https://git-lfs."u8.ToArray();

    /// <summary>Checks the main file and, for PaddlePaddle, the weights beside it.</summary>
    public static Outcome Whole(string main, ModelFormat format)
    {
        Outcome readable = Readable(main);
        if (!readable.IsOk)
        {
            return readable;
        }

        if (format == ModelFormat.Paddle)
        {
            string weights = Path.ChangeExtension(main, format.WeightsExtension());
            if (!File.Exists(weights))
            {
                return Outcome.Fail(StatusCode.FileInvalid, $"{main} has no weights beside it: {weights} does not exist. Copy it there.");
            }

            readable = Readable(weights);
            if (!readable.IsOk)
            {
                return readable;
            }
        }

        bool isProtobuf =
            format is ModelFormat.Onnx or ModelFormat.Paddle or ModelFormat.TensorFlowFrozen or ModelFormat.TensorFlowSavedModel;
        return isProtobuf && ProtobufFile.FindCut(main) is { } cut
            ? Outcome.Fail(StatusCode.ModelNotLoaded, $"{main} is cut off: {cut}. Copy it again.")
            : Outcome.Ok;
    }

    /// <summary>Checks the weights of an IR against the size that the .xml states.</summary>
    public static Outcome Weights(string xml, IrFile ir)
    {
        string weights = Path.ChangeExtension(xml, ".bin");

        // OpenVINO opens a .bin that is present even if the model uses no weights.
        RegularFile.Check(weights);
        if (ir.WeightsLength == 0)
        {
            return Outcome.Ok;
        }

        if (RegularFile.LengthOf(weights) is not { } length)
        {
            return Outcome.Fail(
                StatusCode.FileInvalid,
                $"{xml} needs {Count(ir.WeightsLength)} bytes of weights, and {weights} does not exist. Copy it there.");
        }

        if (length < ir.WeightsLength && !StartsAsPointer(weights))
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{weights} is cut off or belongs to another model: it has {Count(length)} bytes, and {Path.GetFileName(xml)} "
                + $"uses {Count(ir.WeightsLength)}. Copy both files again.");
        }

        return Readable(weights);
    }

    /// <summary>Checks other files that OpenVINO may open: external weights of ONNX, variables of a SavedModel.</summary>
    /// <exception cref="NotRegularFileException">One of them is not a regular file.</exception>
    public static void Companions(string versionPath)
    {
        foreach (string file in FilesSeen.At(versionPath).Files)
        {
            RegularFile.Check(file);
        }
    }

    private static Outcome Readable(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            if (stream.Length == 0)
            {
                return Outcome.Fail(StatusCode.ModelNotLoaded, $"{path} is empty. Copy it again.");
            }
        }
        catch (UnauthorizedAccessException)
        {
            return Outcome.Fail(
                StatusCode.FileInvalid,
                $"{path} may not be read by user {Environment.UserName}; give this user read permission.");
        }

        return StartsAsPointer(path)
            ? Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{path} is a pointer that git left in the file's place; fetch the file itself with `git lfs pull`.")
            : Outcome.Ok;
    }

    private static bool StartsAsPointer(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        Span<byte> start = stackalloc byte[s_largeFilePointer.Length];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return read == start.Length && start.SequenceEqual(s_largeFilePointer);
    }

    private static string Count(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);
}
