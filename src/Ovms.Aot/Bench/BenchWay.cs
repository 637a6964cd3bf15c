using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>A path to the model that is measured.</summary>
/// <param name="Name">raw, gRPC, REST binary or REST JSON.</param>
/// <param name="ConnectAsync">Makes a caller that uses it.</param>
/// <param name="CostAsync">What the computing process has used since it started; null if it is not known.</param>
internal sealed record BenchWay(string Name, Func<Task<BenchCaller>> ConnectAsync, Func<Task<ProcessCost>>? CostAsync)
{
    /// <summary>The engine alone.</summary>
    public const string Raw = "raw";

    private const string InferPath = "/inference.GRPCInferenceService/ModelInfer";

    /// <summary>Whether it is the engine alone.</summary>
    public bool IsRaw => Name == Raw;

    /// <summary>Over gRPC, with raw tensors.</summary>
    public static BenchWay Grpc(ServerAddress server, BenchInput input, string model, Func<Task<ProcessCost>>? cost)
    {
        byte[] message = input.GrpcMessage(model);
        return new BenchWay(
            "gRPC", async () => await GrpcCaller.ConnectAsync(server, InferPath, message).ConfigureAwait(false), cost);
    }

    /// <summary>Over REST: with binary tensors, and as JSON alone if all inputs have that form.</summary>
    /// <param name="hasBinary">Whether the server takes binary tensors.</param>
    public static IEnumerable<BenchWay> Rest(
        ServerAddress server, BenchInput input, string model, Func<Task<ProcessCost>>? cost, bool hasBinary = true)
    {
        if (hasBinary)
        {
            (byte[] body, int jsonLength) = input.RestBinary();
            yield return new BenchWay(
                "REST binary", async () => await RestCaller.ConnectAsync(server, model, body, jsonLength).ConfigureAwait(false), cost);
        }

        if (input.RestJson() is { } json)
        {
            yield return new BenchWay(
                "REST JSON", async () => await RestCaller.ConnectAsync(server, model, json, null).ConfigureAwait(false), cost);
        }
    }
}
