namespace Ovms.Repository;

/// <summary>The formats that are read, in the order in which a folder is searched for them.</summary>
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

/// <summary>What people call the formats and how their files are named.</summary>
internal static class ModelFormats
{
    /// <summary>The file of a SavedModel's graph.</summary>
    public const string SavedModelFile = "saved_model.pb";

    /// <summary>All that would be recognised.</summary>
    public const string AllPatterns = ".xml with .bin, .onnx, .pdmodel with .pdiparams, saved_model.pb, .pb, .tflite";

    /// <summary>Whether one of the names is a model's main file.</summary>
    public static bool AnyOf(IEnumerable<string> fileNames) => fileNames.Any(static name => OfFile(name) is not null);

    /// <summary>The format whose main file has such a name; null for none.</summary>
    public static ModelFormat? OfFile(string fileName) => Path.GetExtension(fileName) switch
    {
        ".xml" => ModelFormat.OpenVinoIr,
        ".onnx" => ModelFormat.Onnx,
        ".pdmodel" => ModelFormat.Paddle,
        ".pb" => fileName == SavedModelFile ? ModelFormat.TensorFlowSavedModel : ModelFormat.TensorFlowFrozen,
        ".tflite" => ModelFormat.TensorFlowLite,
        _ => null,
    };

    /// <summary>The name in messages.</summary>
    public static string DisplayName(this ModelFormat format) => format switch
    {
        ModelFormat.OpenVinoIr => "OpenVINO IR",
        ModelFormat.Onnx => "ONNX",
        ModelFormat.Paddle => "PaddlePaddle",
        ModelFormat.TensorFlowSavedModel => "TensorFlow SavedModel",
        ModelFormat.TensorFlowFrozen => "frozen TensorFlow graph",
        _ => "TensorFlow Lite",
    };

    /// <summary>Extension of the file with the weights, for the formats that keep them beside the graph under the same name.</summary>
    public static string? WeightsExtension(this ModelFormat format) => format switch
    {
        ModelFormat.OpenVinoIr => ".bin",
        ModelFormat.Paddle => ".pdiparams",
        _ => null,
    };
}
