using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Tests.Setup;
using CallStatus = Grpc.Core.Status;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;
using Output = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferRequestedOutputTensor;

namespace Ovms.Tests.Frontends.Grpc.KServe;

/// <summary>Tensors in shared memory, over a connection.</summary>
public sealed class SharedTensorTests
{
    private static readonly float[] s_numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly float[] s_sums = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    public async Task Region_IsRegisteredListedAndUnregistered()
    {
        using SharedObject memory = new();
        await using GrpcServer server = await StartAsync("dummy");
        await server.Client.SystemSharedMemoryRegisterAsync(new() { Name = "r", Key = memory.Key, Offset = 16, ByteSize = 80 });

        SystemSharedMemoryStatusResponse all = await server.Client.SystemSharedMemoryStatusAsync(new());
        await Assert.That(all.Regions["r"]).IsEqualTo(new() { Name = "r", Key = memory.Key, Offset = 16, ByteSize = 80 });
        await Assert.That(await server.Client.SystemSharedMemoryStatusAsync(new() { Name = "r" })).IsEqualTo(all);
        await Assert.That((await server.Client.ServerMetadataAsync(new())).Extensions).Contains("system_shared_memory");
        (StatusCode, SystemSharedMemoryRegisterRequest)[] refused =
        [
            (StatusCode.AlreadyExists, new() { Name = "r", Key = memory.Key, ByteSize = 80 }),
            (StatusCode.PermissionDenied, new() { Name = "s", Key = "/other", ByteSize = 80 }),
            (StatusCode.InvalidArgument, new() { Name = "s", Key = $"/{SharedObject.Prefix}missing", ByteSize = 80 }),
            (StatusCode.InvalidArgument, new() { Name = "s", Key = memory.Key, Offset = 16, ByteSize = 4090 }),
        ];
        foreach ((StatusCode status, SystemSharedMemoryRegisterRequest request) in refused)
        {
            await Assert.That((await Refusals.Of(server.Client.SystemSharedMemoryRegisterAsync(request))).StatusCode).IsEqualTo(status);
        }

        await server.Client.SystemSharedMemoryUnregisterAsync(new() { Name = "r" });
        await Assert.That((await server.Client.SystemSharedMemoryStatusAsync(new())).Regions).IsEmpty();
        await Assert.That((await Refusals.Of(server.Client.ModelInferAsync(Dummy()))).StatusCode).IsEqualTo(StatusCode.NotFound);
    }

    [Test]
    public async Task InputAndOutput_AreReadAndWritten()
    {
        using SharedObject memory = new();
        memory.Write(64, s_numbers);
        await using GrpcServer server = await StartAsync("dummy", memory);
        ModelInferResponse answer = await server.Client.ModelInferAsync(Dummy(offset: 64, outputOffset: 256, outputSize: 100));

        await Assert.That(memory.Read<float>(256, 10).SequenceEqual(s_sums)).IsTrue();
        ModelInferResponse.Types.InferOutputTensor output = answer.Outputs.Single();
        await Assert.That($"{output.Name} {output.Datatype} {string.Join(',', output.Shape)}").IsEqualTo("a FP32 1,10");
        await Assert.That(output.Parameters.Count).IsEqualTo(3);
        await Assert.That(output.Parameters["shared_memory_region"].StringParam).IsEqualTo("r");
        await Assert.That(output.Parameters["shared_memory_offset"].Int64Param).IsEqualTo(256);
        await Assert.That(output.Parameters["shared_memory_byte_size"].Int64Param).IsEqualTo(40);

        // Clients find the contents of other outputs by their position.
        await Assert.That(answer.RawOutputContents.Single().Length).IsEqualTo(0);
    }

    [Test]
    public async Task InputAlone_OrOutputAlone_MayBeThere()
    {
        using SharedObject memory = new();
        memory.Write(0, s_numbers);
        await using GrpcServer server = await StartAsync("dummy", memory);
        ModelInferRequest input = Dummy();
        input.Outputs.Clear();
        await Assert.That((await server.Client.ModelInferAsync(input)).Values<float>().SequenceEqual(s_sums)).IsTrue();

        ModelInferRequest output = InferRequests.Dummy();
        output.Outputs.Add(Place(new Output { Name = "a" }, 400, 40));
        await server.Client.ModelInferAsync(output);
        await Assert.That(memory.Read<float>(400, 10).SequenceEqual(s_sums)).IsTrue();
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    public async Task RawContents_BelongToTheOtherInputs(int shared)
    {
        using SharedObject memory = new();
        await using GrpcServer server = await StartAsync("summator", memory);
        ModelMetadataResponse model = await server.Client.ModelMetadataAsync(new() { Name = "summator" });
        ModelInferRequest request = new() { ModelName = "summator" };
        for (int i = 0; i < 2; i++)
        {
            ModelMetadataResponse.Types.TensorMetadata tensor = model.Inputs[i];
            Input input = new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape.Select(static size => Math.Max(size, 1)) } };
            float[] values = [.. Enumerable.Repeat(i == 0 ? 10f : 3f, (int)input.Shape.Aggregate(1L, static (all, size) => all * size))];
            request.Inputs.Add(i == shared ? Place(input, 8, values.Length * sizeof(float)) : input);
            if (i == shared)
            {
                memory.Write(8, values);
            }
            else
            {
                request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)));
            }
        }

        await Assert.That((await server.Client.ModelInferAsync(request)).Values<float>()[0]).IsEqualTo(13f);
        request.RawInputContents.Add(ByteString.Empty);
        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(request));
        await Assert.That(refused.Detail).Contains("Size of raw_input_contents: 2 is different than number of inputs: 1, those in shared memory not counted");
    }

    [Test]
    public async Task Strings_ArePackedThereToo()
    {
        using SharedObject memory = new();
        memory.Write(0, "\u0003\0\0\0one\u0005\0\0\0three"u8.ToArray());
        await using GrpcServer server = await StartAsync("passthrough_string", memory);
        ModelInferRequest request = new()
        {
            ModelName = "passthrough_string",
            Inputs = { Place(new Input { Name = "my_name", Datatype = "BYTES", Shape = { 2 } }, 0, 16) },
            Outputs = { Place(new Output { Name = "my_name" }, 100, 16) },
        };
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(memory.Read<byte>(100, 16).SequenceEqual("\u0003\0\0\0one\u0005\0\0\0three"u8.ToArray())).IsTrue();
        await Assert.That(answer.Outputs[0].Parameters["shared_memory_byte_size"].Int64Param).IsEqualTo(16);

        request.Outputs[0].Parameters["shared_memory_byte_size"].Int64Param = 15;
        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(request));
        await Assert.That(refused.Detail).Contains("Expected: at least 16; Actual: 15").And.Contains("output name: my_name");

        // The lengths inside are checked on the server's copy.
        memory.Write(0, uint.MaxValue);
        await Assert.That((await Refusals.Of(server.Client.ModelInferAsync(request))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
    }

    [Test]
    [Arguments("a region's name", "Expected: a region's name; Actual: 5; input name: b")]
    [Arguments("no size", "shared_memory_byte_size is missing beside shared_memory_region: r; input name: b")]
    [Arguments("negative offset", "shared_memory_offset; Expected: a number of bytes, whole and not negative; Actual: -4; input name: b")]
    [Arguments("outside", "within the region's 4096 bytes; Actual: 40 bytes at offset 4060; region: r; input name: b")]
    [Arguments("too far", "Actual: 40 bytes at offset 9223372036854775807")]
    [Arguments("too large", "Expected: 40 bytes; Actual: 44 bytes; input name: b")]
    [Arguments("too small", "Expected: 40 bytes; Actual: 36 bytes; input name: b")]
    [Arguments("more than a tensor", "Expected: at most 1073741824; Actual: 1073741825")]
    [Arguments("another region", "Region: s; input name: b")]
    [Arguments("contents", "The input has contents and shared_memory_region")]
    [Arguments("datatype", "Invalid input precision")]
    [Arguments("shape", "Invalid input shape")]
    [Arguments("small output", "shared_memory_byte_size is too small; Expected: at least 40; Actual: 39; region: r; output name: a")]
    [Arguments("output outside", "within the region's 4096 bytes; Actual: 40 bytes at offset 4060; region: r; output name: a")]
    [Arguments("output's region", "Region: s; output name: a")]
    public async Task Fault_IsTheCallers(string fault, string part)
    {
        using SharedObject memory = new();
        await using GrpcServer server = await StartAsync("dummy", memory);
        ModelInferRequest request = Dummy();
        Input input = request.Inputs[0];
        switch (fault)
        {
            case "a region's name":
                input.Parameters["shared_memory_region"] = new() { Int64Param = 5 };
                break;
            case "no size":
                input.Parameters.Remove("shared_memory_byte_size");
                break;
            case "negative offset":
                input.Parameters["shared_memory_offset"] = new() { Int64Param = -4 };
                break;
            case "outside":
                input.Parameters["shared_memory_offset"] = new() { Int64Param = 4060 };
                break;
            case "too far":
                input.Parameters["shared_memory_offset"] = new() { Uint64Param = long.MaxValue };
                break;
            case "too large":
            case "too small":
                input.Parameters["shared_memory_byte_size"] = new() { Int64Param = fault == "too large" ? 44 : 36 };
                break;
            case "more than a tensor":
                input.Parameters["shared_memory_byte_size"] = new() { Int64Param = (1 << 30) + 1 };
                break;
            case "another region":
                input.Parameters["shared_memory_region"] = new() { StringParam = "s" };
                break;
            case "contents":
                input.Contents = new() { Fp32Contents = { s_numbers } };
                break;
            case "datatype":
                input.Datatype = "INT32";
                break;
            case "shape":
                input.Shape[1] = 11;
                break;
            case "small output":
                request.Outputs[0].Parameters["shared_memory_byte_size"] = new() { Int64Param = 39 };
                break;
            case "output outside":
                request.Outputs[0].Parameters["shared_memory_offset"] = new() { Int64Param = 4060 };
                break;
            case "output's region":
                request.Outputs[0].Parameters["shared_memory_region"] = new() { StringParam = "s" };
                break;
        }

        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(request));
        await Assert.That(refused.StatusCode).IsEqualTo(part.StartsWith("Region: s", StringComparison.Ordinal) ? StatusCode.NotFound : StatusCode.InvalidArgument);
        await Assert.That(refused.Detail).Contains(part);

        // Nothing is left in use.
        memory.Write(0, s_numbers);
        await server.Client.ModelInferAsync(Dummy());
        await Assert.That(memory.Read<float>(1024, 10).SequenceEqual(s_sums)).IsTrue();
    }

    [Test]
    public async Task ObjectMadeSmaller_CostsItsCallerAnError()
    {
        using SharedObject memory = new(1 << 20);
        await using GrpcServer server = await StartAsync("dummy", memory);
        await server.Client.ModelInferAsync(Dummy());
        memory.Length = 20;
        CallStatus input = await Refusals.Of(server.Client.ModelInferAsync(Dummy()));
        await Assert.That(input.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(input.Detail).Contains("made smaller after it was registered").And.Contains("input name: b");

        memory.Length = 40;
        CallStatus output = await Refusals.Of(server.Client.ModelInferAsync(Dummy()));
        await Assert.That(output.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(output.Detail).Contains("made smaller after it was registered").And.Contains("output name: a");
        await Assert.That(memory.Length).IsEqualTo(40);
        await Assert.That((await server.Client.ModelInferAsync(InferRequests.Dummy())).Values<float>().SequenceEqual(s_sums)).IsTrue();
    }

    [Test]
    public async Task RegionUnregisteredDuringACall_IsWrittenAndThenClosed()
    {
        using SharedObject memory = new();
        memory.Write(0, s_numbers);
        Servable servable = ServedModel.Load("dummy", inferRequests: 1);
        SharedRegions regions = new(SharedObject.Prefix, 10);
        await using GrpcServer server = await GrpcServer.StartAsync(regions, servable);
        await server.Client.SystemSharedMemoryRegisterAsync(new() { Name = "r", Key = memory.Key, ByteSize = 4096 });
        ServableLease lease = server.Registry.Lease("dummy", "").Value!;
        InferSlot held = (await servable.Pool.RentAsync(CancellationToken.None)).Value!;
        AsyncUnaryCall<ModelInferResponse> call = server.Client.ModelInferAsync(Dummy());
        await Assert.That(await Refusals.Eventually(() => servable.Pool.Waiting == 1)).IsTrue();

        await server.Client.SystemSharedMemoryUnregisterAsync(new());
        await Assert.That(regions.Open).IsEqualTo(1);
        held.Return(lease);
        await call;
        await Assert.That(memory.Read<float>(1024, 10).SequenceEqual(s_sums)).IsTrue();
        await Assert.That(await Refusals.Eventually(() => regions.Open == 0)).IsTrue();
    }

    [Test]
    public async Task EmptyTensor_NeedsNoBytes()
    {
        using SharedObject memory = new();
        await using GrpcServer server = await StartAsync("dynamic", memory);
        ModelInferRequest request = new()
        {
            ModelName = "dynamic",
            Inputs = { Place(new Input { Name = "x", Datatype = "FP32", Shape = { 0, 7 } }, 4096, 0) },
        };
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(answer.Outputs[0].Shape.SequenceEqual([0L, 7L])).IsTrue();
    }

    private static async Task<GrpcServer> StartAsync(string model, SharedObject? memory = null)
    {
        GrpcServer server = await GrpcServer.StartAsync(new SharedRegions(SharedObject.Prefix, 10), ServedModel.Load(model));
        if (memory is not null)
        {
            await server.Client.SystemSharedMemoryRegisterAsync(new() { Name = "r", Key = memory.Key, ByteSize = (ulong)memory.Length });
        }

        return server;
    }

    private static ModelInferRequest Dummy(long offset = 0, long outputOffset = 1024, long outputSize = 40) => new()
    {
        ModelName = "dummy",
        Inputs = { Place(new Input { Name = "b", Datatype = "FP32", Shape = { 1, 10 } }, offset, 40) },
        Outputs = { Place(new Output { Name = "a" }, outputOffset, outputSize) },
    };

    private static Input Place(Input input, long offset, long size)
    {
        Fill(input.Parameters, offset, size);
        return input;
    }

    private static Output Place(Output output, long offset, long size)
    {
        Fill(output.Parameters, offset, size);
        return output;
    }

    private static void Fill(IDictionary<string, InferParameter> parameters, long offset, long size)
    {
        parameters["shared_memory_region"] = new() { StringParam = "r" };
        parameters["shared_memory_byte_size"] = new() { Int64Param = size };
        parameters["shared_memory_offset"] = new() { Int64Param = offset };
    }
}
