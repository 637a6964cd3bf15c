using System.Collections.Immutable;
using System.Security;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>
/// The files of one version that OpenVINO reads. They were found readable and complete, as far as that shows without reading them all;
/// OpenVINO's own check comes after.
/// </summary>
/// <param name="Path">Absolute path of the main file, or of the folder of a SavedModel.</param>
/// <param name="Format">The model's format.</param>
/// <param name="Ir">What the .xml of an IR states; null for other formats, which state nothing beyond what OpenVINO reports.</param>
/// <param name="Warnings">Sentences about the choice of files.</param>
internal sealed record ModelFile(string Path, ModelFormat Format, IrFile? Ir, ImmutableArray<string> Warnings)
{
    /// <summary>Names under which the server exposes the model's inputs and outputs.</summary>
    public NameMapping Names { get; init; } = NameMapping.None;

    /// <summary>Finds the model of a version and checks that it can be read.</summary>
    /// <param name="versionPath">A folder with the model's files, or the model's main file; absolute.</param>
    public static Outcome<ModelFile> Find(string versionPath)
    {
        string path = System.IO.Path.TrimEndingDirectorySeparator(versionPath);
        try
        {
            return WithNames(path, File.GetAttributes(path).HasFlag(FileAttributes.Directory) ? InFolder(path) : OfFile(path));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, $"{path} does not exist any more.");
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(
                StatusCode.FileInvalid,
                $"{path} may not be read by user {Environment.UserName}; give this user read permission for it and for its files.");
        }
        catch (NotRegularFileException failure)
        {
            return Outcome.Fail(StatusCode.FileInvalid, failure.Message);
        }
        catch (IOException failure)
        {
            return Outcome.Fail(StatusCode.FileInvalid, $"{path} cannot be read: {failure.Message}");
        }
    }

    private static Outcome<ModelFile> WithNames(string path, Outcome<ModelFile> found)
    {
        if (!found.IsOk)
        {
            return found;
        }

        Outcome<NameMapping> names = NameMapping.Read(path);
        return names.IsOk ? found.Value with { Names = names.Value } : names.WithoutValue;
    }

    private static Outcome<ModelFile> InFolder(string folder)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(folder).Select(static file => System.IO.Path.GetFileName(file));
        string[] names = [.. files.Order(StringComparer.Ordinal)];
        if (ModelFileChoice.Among(names) is not { } choice)
        {
            IEnumerable<string> subfolders = Directory.EnumerateDirectories(folder)
                .Select(static sub => System.IO.Path.GetFileName(sub) + "/");
            string[] there = [.. subfolders.Order(StringComparer.Ordinal), .. names];
            return Outcome.Fail(
                StatusCode.ModelFormatUnknown,
                $"{folder} holds no model: expected {ModelFormats.AllPatterns} directly in it; it holds {Listing.Of(there)}.");
        }

        string main = System.IO.Path.Combine(folder, choice.FileName);
        string[] warnings = choice.PassedOver.IsEmpty
            ? []
            : [
                $"{folder} holds several models of one format; {choice.FileName} is served, "
                + $"{Listing.Of(choice.PassedOver)} {(choice.PassedOver.Length == 1 ? "is" : "are")} left out.",
            ];
        return Check(folder, main, choice.Format, warnings);
    }

    private static Outcome<ModelFile> OfFile(string file)
    {
        if (ModelFormats.OfFile(System.IO.Path.GetFileName(file)) is { } format)
        {
            return Check(file, file, format, []);
        }

        string weights = System.IO.Path.GetExtension(file) switch
        {
            ".bin" => " This may hold an IR's weights; give the .xml beside it.",
            ".pdiparams" => " This holds a PaddlePaddle model's weights; give the .pdmodel beside it.",
            _ => "",
        };
        return Outcome.Fail(
            StatusCode.ModelFormatUnknown,
            $"{file} is not named as a model is: expected {ModelFormats.AllPatterns}.{weights}");
    }

    private static Outcome<ModelFile> Check(string versionPath, string main, ModelFormat format, string[] warnings)
    {
        Outcome whole = ModelFileCheck.Whole(main, format);
        if (!whole.IsOk)
        {
            return whole;
        }

        if (format != ModelFormat.OpenVinoIr)
        {
            ModelFileCheck.Companions(versionPath);

            // OpenVINO takes a SavedModel by its folder only.
            string given = format == ModelFormat.TensorFlowSavedModel ? System.IO.Path.GetDirectoryName(main)! : main;
            return new ModelFile(given, format, Ir: null, [.. warnings]);
        }

        Outcome<IrFile> ir = IrFile.Read(main);
        if (!ir.IsOk)
        {
            return ir.WithoutValue;
        }

        Outcome weights = ModelFileCheck.Weights(main, ir.Value);
        return weights.IsOk ? new ModelFile(main, format, ir.Value, [.. warnings]) : weights;
    }
}
