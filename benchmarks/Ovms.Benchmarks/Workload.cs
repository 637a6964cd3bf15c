using Ovms.Bench;
using Ovms.Benchmarks.Micro;
using Ovms.Native;

namespace Ovms.Benchmarks;

/// <summary>One model and one fixed request for it, as files in every form in which it goes over a wire.</summary>
internal sealed class Workload
{
    private Workload(string name, string path, string file, int manyCallers)
    {
        Name = name;
        ModelPath = path;
        File = Path.Combine(path, "1", file);
        ManyCallers = manyCallers;
    }

    /// <summary>The name the model is served under.</summary>
    public string Name { get; }

    /// <summary>The folder with its versions.</summary>
    public string ModelPath { get; }

    /// <summary>The model's file.</summary>
    public string File { get; }

    /// <summary>How many callers are many for it; 1 where it is measured with one alone.</summary>
    public int ManyCallers { get; }

    /// <summary>The shape that server and plain program give the input where the file leaves it open.</summary>
    public string? Shape { get; private init; }

    /// <summary>Whether the server tells how long its inferences take: not where that costs a part of the call that shows.</summary>
    public bool HasMetrics { get; private init; }

    /// <summary>Options that serve it; everything else is as the server chooses by itself.</summary>
    public string[] Options => [.. OptionsAsInFile, .. HasMetrics ? (string[])["--metrics_enable"] : [], .. Shape is null ? [] : (string[])["--shape", $"({Shape})"]];

    /// <summary>The same without a shape.</summary>
    public string[] OptionsAsInFile => ["--model_name", Name, "--model_path", ModelPath];

    /// <summary>Almost no work and 40 bytes: what is measured is everything else.</summary>
    public static Workload Dummy { get; } = new("dummy", Repo.Path("tests/models/dummy"), "dummy.xml", 8);

    /// <summary>Gives ten numbers of an input of 602,112 bytes: almost no work, and the request of resnet50.</summary>
    public static Workload Glance { get; } = new("glance", Repo.Path("benchmarks/models/glance"), "glance.xml", 1) { HasMetrics = true };

    /// <summary>A trained classifier, FP16, 301,056 bytes.</summary>
    public static Workload Squeezenet { get; } = new("squeezenet", Repo.Path("tests/models/squeezenet"), "model.onnx", 8);

    /// <summary>A trained classifier, U8, 150,528 bytes.</summary>
    public static Workload MobilenetV2 { get; } = new("mobilenet_v2", Repo.Path("../shared/models/mobilenet_v2"), "model.tflite", 8);

    /// <summary>Much work, FP32, 602,112 bytes; its file leaves the batch open.</summary>
    public static Workload Resnet50 { get; } = new("resnet50", Repo.Path("../shared/models/resnet50"), "resnet50.xml", 4) { Shape = "1,3,224,224", HasMetrics = true };

    /// <summary>All that are at hand.</summary>
    public static IReadOnlyList<Workload> All { get; } =
        [.. new[] { Dummy, Squeezenet, MobilenetV2, Resnet50, Glance }.Where(static workload => System.IO.File.Exists(workload.File))];

    /// <summary>Those of them that many callers keep the processors busy with.</summary>
    public static IReadOnlyList<Workload> OfLoad { get; } = [.. All.Intersect([Resnet50, Squeezenet, MobilenetV2])];

    /// <summary>Makes the request.</summary>
    public Requests MakeRequests()
    {
        using BenchInput input = MakeInput();
        (byte[] binary, int jsonLength) = input.RestBinary();
        byte[]? json = input.RestJson();
        return new Requests(
            input.Description,
            Bodies.Write($"{Name}.pb", input.GrpcMessage(Name)),
            Bodies.Write($"{Name}.bin", binary),
            jsonLength,
            json is null ? null : Bodies.Write($"{Name}.json", json));
    }

    /// <summary>The same as bytes that are sent from within this program.</summary>
    public BenchInput MakeInput()
    {
        using Core core = new();
        using Model model = core.ReadModel(File);
        using CompiledModel compiled = core.Compile(model, "CPU", []);
        return new BenchInput(OneServable.SignatureOf(compiled));
    }
}

/// <summary>Files with one request.</summary>
/// <param name="Description">Names and shapes of the inputs.</param>
/// <param name="Grpc">A ModelInferRequest with raw contents.</param>
/// <param name="Binary">JSON with the tensors' bytes after it.</param>
/// <param name="JsonLength">Bytes of that JSON.</param>
/// <param name="Json">JSON alone; null where an input has no JSON form.</param>
internal sealed record Requests(string Description, string Grpc, string Binary, int JsonLength, string? Json);
