using System.Collections.Immutable;
using Ovms.Hosting;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>Measures a running server, and the engine beside it if the model's files are given.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="options">The options of the measurement.</param>
/// <param name="concurrency">Numbers of callers.</param>
/// <param name="config">The model's options; its base path is empty if the engine is not measured.</param>
/// <param name="log">Receives warnings.</param>
/// <param name="stop">Ends the measurement.</param>
internal sealed class RunningBench(
    ServerAddress address, BenchOptions options, ImmutableArray<int> concurrency, ModelConfig config, ILogger log, CancellationToken stop)
{
    /// <summary>Measures.</summary>
    /// <returns>The report, or why the model cannot be measured.</returns>
    /// <exception cref="IOException">The server does not answer, or answers with an error.</exception>
    public async Task<Outcome<BenchReport>> RunAsync(ServerOptions server)
    {
        RunningModel found = await new RunningServer(address, config.Name).AskAsync(stop).ConfigureAwait(false);
        Outcome<Engine> opened = Engine.Open(server, log);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using Engine engine = opened.Value;
        if (config.BasePath.Length == 0)
        {
            Outcome<Signature> asked = RequestShape.Of(found.Inputs, config.Written.Shape, config.Settings.BatchSize);
            if (!asked.IsOk)
            {
                return asked.WithoutValue;
            }

            using BenchInput input = new(asked.Value);
            return await MeasureAsync(found, input, raw: null).ConfigureAwait(false);
        }

        Outcome<ModelVersionFolder> folder = BenchCommand.Find(config);
        Outcome<RawEngine> loaded =
            folder.IsOk ? await RawEngine.LoadAsync(engine, config, folder.Value, log).ConfigureAwait(false) : folder.WithoutValue;
        if (!loaded.IsOk)
        {
            return loaded.WithoutValue;
        }

        using RawEngine raw = loaded.Value;
        Outcome fits = RequestShape.Compare(found.Inputs, raw.Signature);
        return fits.IsOk ? await MeasureAsync(found, raw.Input, raw).ConfigureAwait(false) : fits;
    }

    private async Task<Outcome<BenchReport>> MeasureAsync(RunningModel found, BenchInput input, RawEngine? raw)
    {
        BenchWay[] served = found.Front == ServerFront.Grpc
            ? [BenchWay.Grpc(address, input, config.Name, cost: null)]
            : [.. BenchWay.Rest(address, input, config.Name, cost: null, found.HasBinary)];
        if (served.Length == 0)
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid, "The model's inputs have no JSON form, and the server takes no binary tensors over REST.");
        }

        IReadOnlyList<BenchRow> rows = await new BenchRun(raw is null ? served : [raw.Way, .. served])
            .RunAsync(concurrency, TimeSpan.FromSeconds(options.Duration), stop).ConfigureAwait(false);
        string beside = raw is null
            ? ""
            : $"; engine alone: {config.BasePath} on {config.Device.Text}, OpenVINO {OpenVinoLibrary.BuildNumber}";
        return new BenchReport(
            config.Name,
            address.Text,
            input.Description,
            $"a running server, measured by ovms {ServerVersion.Text}{beside}",
            raw?.Requests,
            Environment.ProcessorCount,
            rows);
    }
}
