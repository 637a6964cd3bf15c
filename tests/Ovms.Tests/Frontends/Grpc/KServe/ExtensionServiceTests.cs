using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.Models;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc.KServe;

/// <summary>The extensions of KServe's protocol, over a connection.</summary>
public sealed class ExtensionServiceTests
{
    [Test]
    public async Task Config_OmitsADynamicBatchFromDims()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"), ServedModel.Load("dynamic"), ServedModel.Load("passthrough_string"));

        await Assert.That((await server.Client.ModelConfigAsync(new() { Name = "dummy", Version = "1" })).Config).IsEqualTo(new ModelConfig
        {
            Name = "dummy",
            Platform = "openvino",
            Backend = "openvino",
            Input = { new ModelInput { Name = "b", DataType = DataType.TypeFp32, Dims = { 1, 10 } } },
            Output = { new ModelOutput { Name = "a", DataType = DataType.TypeFp32, Dims = { 1, 10 } } },
            InstanceGroup = { new ModelInstanceGroup { Name = "dummy", Count = 2, Kind = ModelInstanceGroup.Types.Kind.Model } },
            ModelTransactionPolicy = new(),
        });
        ModelConfig dynamic = (await server.Client.ModelConfigAsync(new() { Name = "dynamic" })).Config;
        await Assert.That(dynamic.MaxBatchSize).IsEqualTo(1024);
        await Assert.That(dynamic.Input.Single().Dims).IsEquivalentTo([-1L]);
        ModelConfig strings = (await server.Client.ModelConfigAsync(new() { Name = "passthrough_string" })).Config;
        await Assert.That($"{strings.MaxBatchSize} {strings.Input[0].DataType} {strings.Input[0].Dims.Single()}").IsEqualTo("0 TypeString -1");
    }

    [Test]
    public async Task Statistics_RiseWithEveryCall()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"), ServedModel.Load("dynamic"));
        ModelInferRequest request = InferRequests.Dummy();
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (int i = 0; i < 3; i++)
        {
            await server.Client.ModelInferAsync(request);
        }

        request.Inputs[0].Name = "other";
        await Refusals.Of(server.Client.ModelInferAsync(request));

        ModelStatistics dummy = (await server.Client.ModelStatisticsAsync(new() { Name = "dummy", Version = "1" })).ModelStats.Single();
        await Assert.That($"{dummy.Name} {dummy.Version} {dummy.InferenceCount} {dummy.ExecutionCount}").IsEqualTo("dummy 1 3 3");
        InferStatistics inferences = dummy.InferenceStats;
        ulong[] counts = [inferences.Success.Count, inferences.Queue.Count, inferences.ComputeInput.Count, inferences.ComputeInfer.Count, inferences.ComputeOutput.Count];
        await Assert.That(counts).IsEquivalentTo([3UL, 3UL, 3UL, 3UL, 3UL]);
        await Assert.That(inferences.Fail.Count).IsEqualTo(1UL);
        await Assert.That(inferences.CacheHit).IsEqualTo(new StatisticDuration());
        await Assert.That(inferences.CacheMiss).IsEqualTo(new StatisticDuration());
        ulong phases = inferences.Queue.Ns + inferences.ComputeInput.Ns + inferences.ComputeInfer.Ns + inferences.ComputeOutput.Ns;
        await Assert.That(inferences.ComputeInfer.Ns).IsGreaterThan(0UL);
        await Assert.That(inferences.Success.Ns).IsGreaterThanOrEqualTo(phases);
        await Assert.That((long)dummy.LastInference).IsGreaterThanOrEqualTo(before);
        await Assert.That(dummy.BatchStats.Single().BatchSize).IsEqualTo(1UL);
        await Assert.That(dummy.BatchStats.Single().ComputeInfer).IsEqualTo(inferences.ComputeInfer);

        ModelStatisticsResponse all = await server.Client.ModelStatisticsAsync(new());
        await Assert.That(all.ModelStats.Select(static model => $"{model.Name} {model.InferenceStats.Queue.Count}")).IsEquivalentTo(["dummy 3", "dynamic 0"]);
    }

    [Test]
    public async Task UnknownModels_AreNamed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        CallStatus[] unknown =
        [
            await Refusals.Of(server.Client.ModelConfigAsync(new() { Name = "nobody" })),
            await Refusals.Of(server.Client.ModelStatisticsAsync(new() { Name = "nobody" })),
            await Refusals.Of(server.Client.TraceSettingAsync(new() { ModelName = "nobody" })),
        ];
        foreach (CallStatus status in unknown)
        {
            await Assert.That(status.StatusCode).IsEqualTo(StatusCode.NotFound);
            await Assert.That(status.Detail).StartsWith("Model with requested name is not found").And.Contains("nobody");
        }

        await Assert.That((await Refusals.Of(server.Client.ModelConfigAsync(new() { Name = "dummy", Version = "7" }))).StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That((await Refusals.Of(server.Client.ModelStatisticsAsync(new() { Version = "1" }))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
    }

    [Test]
    public async Task RepositoryIndex_ListsWhatIsReady()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        await Assert.That((await server.Client.RepositoryIndexAsync(new() { Ready = true })).Models.Single())
            .IsEqualTo(new RepositoryIndexResponse.Types.ModelIndex { Name = "dummy", Version = "1", State = "READY" });
        await Assert.That((await Refusals.Of(server.Client.RepositoryIndexAsync(new() { RepositoryName = "r" }))).StatusCode).IsEqualTo(StatusCode.Unimplemented);
    }

    [Test]
    public async Task WhatWouldChangeTheServer_IsRefusedWithASentence()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        (CallStatus Status, string Part)[] refused =
        [
            (await Refusals.Of(server.Client.RepositoryModelLoadAsync(new() { ModelName = "dummy" })), "/v1/config/reload"),
            (await Refusals.Of(server.Client.RepositoryModelUnloadAsync(new() { ModelName = "dummy" })), "/v1/config/reload"),
            (await Refusals.Of(server.Client.TraceSettingAsync(new() { Settings = { ["trace_level"] = new() { Value = { "TIMESTAMPS" } } } })), "traces nothing"),
            (await Refusals.Of(server.Client.LogSettingsAsync(new() { Settings = { ["log_info"] = new() { BoolParam = false } } })), "--log_level"),
        ];
        foreach ((CallStatus status, string part) in refused)
        {
            await Assert.That(status.StatusCode).IsEqualTo(StatusCode.Unimplemented).Because(status.Detail);
            await Assert.That(status.Detail).Contains(part);
        }

        CallStatus unknown = await Refusals.Of(server.Client.LogSettingsAsync(new() { Settings = { ["log_colour"] = new() { BoolParam = false } } }));
        await Assert.That(unknown.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(unknown.Detail).Contains("log_verbose_level");
    }

    [Test]
    public async Task Settings_AreRead()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        TraceSettingResponse trace = await server.Client.TraceSettingAsync(new() { ModelName = "dummy" });
        await Assert.That(string.Join(' ', trace.Settings.OrderBy(static setting => setting.Key).Select(static setting => $"{setting.Key}={setting.Value.Value.Single()}")))
            .IsEqualTo("log_frequency=0 trace_count=-1 trace_file= trace_level=OFF trace_mode=triton trace_rate=1000");

        // Setting the current value, or asking for the default, changes nothing.
        TraceSettingRequest same = new() { Settings = { ["trace_level"] = new() { Value = { "OFF" } }, ["trace_rate"] = new() } };
        await Assert.That(await server.Client.TraceSettingAsync(same)).IsEqualTo(trace);

        LogSettingsResponse log = await server.Client.LogSettingsAsync(new() { Settings = { ["log_info"] = new() { BoolParam = true } } });
        await Assert.That(log.Settings["log_error"].BoolParam).IsTrue();
        await Assert.That(log.Settings["log_verbose_level"]).IsEqualTo(new LogSettingsResponse.Types.SettingValue { Uint32Param = 0 });
        await Assert.That(log.Settings["log_format"].StringParam).IsEqualTo("default");
    }

    [Test]
    public async Task NoSharedMemory_IsListedAndForgotten()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        CallStatus system = await Refusals.Of(server.Client.SystemSharedMemoryRegisterAsync(new() { Name = "r", Key = "/r", ByteSize = 4 }));
        await Assert.That(system.StatusCode).IsEqualTo(StatusCode.PermissionDenied);
        await Assert.That(system.Detail).Contains("raw_input_contents");
        CallStatus cuda = await Refusals.Of(server.Client.CudaSharedMemoryRegisterAsync(new() { Name = "r" }));
        await Assert.That(cuda.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(cuda.Detail).Contains("CUDA");
        await Assert.That((await server.Client.ServerMetadataAsync(new())).Extensions).DoesNotContain("system_shared_memory");
        await Assert.That((await server.Client.SystemSharedMemoryStatusAsync(new())).Regions).IsEmpty();
        await Assert.That((await server.Client.CudaSharedMemoryStatusAsync(new())).Regions).IsEmpty();
        await server.Client.SystemSharedMemoryUnregisterAsync(new());
        await server.Client.CudaSharedMemoryUnregisterAsync(new() { Name = "never" });
        await Assert.That((await Refusals.Of(server.Client.SystemSharedMemoryStatusAsync(new() { Name = "never" }))).StatusCode).IsEqualTo(StatusCode.NotFound);
    }
}
