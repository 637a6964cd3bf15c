namespace Ovms.Repository;

/// <summary>Supported model formats, in the order in which a folder is searched for them.</summary>
internal enum ModelFormat
{
    /// <summary>OpenVINO's own: .xml and, where the model has weights, .bin.</summary>
    OpenVinoIr,

    /// <summary>.onnx.</summary>
    Onnx,

    /// <summary>.pdmodel and .pdiparams.</summary>
    Paddle,

    /// <summary>A folder with saved_model.pb and variables.</summary>
    TensorFlowSavedModel,

    /// <summary>A frozen graph, .pb.</summary>
    TensorFlowFrozen,

    /// <summary>.tflite.</summary>
    TensorFlowLite,
}

/// <summary>Names and file names of the formats.</summary>
internal static class ModelFormats
{
    /// <summary>File name of a SavedModel's graph.</summary>
    public const string SavedModelFile = "saved_model.pb";

    /// <summary>All recognised file names, for messages.</summary>
    public const string AllPatterns = ".xml with .bin, .onnx, .pdmodel with .pdiparams, saved_model.pb, .pb, .tflite";

    /// <summary>Whether one of the names is that of a model's main file.</summary>
    public static bool AnyOf(IEnumerable<string> fileNames) => fileNames.Any(static name => OfFile(name) is not null);

    /// <summary>The format of a main file with this name; null if it is none.</summary>
    public static ModelFormat? OfFile(string fileName) => Path.GetExtension(fileName) switch
    {
        ".xml" => ModelFormat.OpenVinoIr,
        ".onnx" => ModelFormat.Onnx,
        ".pdmodel" => ModelFormat.Paddle,
        ".pb" => fileName == SavedModelFile ? ModelFormat.TensorFlowSavedModel : ModelFormat.TensorFlowFrozen,
        ".tflite" => ModelFormat.TensorFlowLite,
        _ => null,
    };

    /// <summary>The format's name in messages.</summary>
    public static string DisplayName(this ModelFormat format) => format switch
    {
        ModelFormat.OpenVinoIr => "OpenVINO IR",
        ModelFormat.Onnx => "ONNX",
        ModelFormat.Paddle => "PaddlePaddle",
        ModelFormat.TensorFlowSavedModel => "TensorFlow SavedModel",
        ModelFormat.TensorFlowFrozen => "frozen TensorFlow graph",
        _ => "TensorFlow Lite",
    };

    /// <summary>Extension of the weights file, for formats that keep weights beside the graph under the same name; else null.</summary>
    public static string? WeightsExtension(this ModelFormat format) => format switch
    {
        ModelFormat.OpenVinoIr => ".bin",
        ModelFormat.Paddle => ".pdiparams",
        _ => null,
    };
}
