namespace Ovms.Benchmarks;

/// <summary>
/// One model with one number of callers over every way to it: in rounds, each way in turn, so that whatever disturbs the machine
/// disturbs all of them.
/// </summary>
internal sealed class WaysRun(Workload workload, Requests requests, int callers, Scale scale)
{
    private readonly WaysTable _table = new(workload, requests, callers);

    /// <summary>How long the plain program takes to begin, in milliseconds.</summary>
    private double _plainStart;

    /// <summary>Runs it.</summary>
    /// <param name="server">Serves the workload with the shape that the plain program has.</param>
    /// <param name="asInFile">Serves it as its file has it, where that is something else.</param>
    /// <param name="echo">Gives the server's gRPC answer without serving.</param>
    public async Task<WaysTable> RunAsync(Server server, Server? asInFile, Echo echo)
    {
        string path = $"/v2/models/{workload.Name}/infer";
        List<Func<Task>> ways =
        [
            MeasurePlainAsync,
            () => MeasureAsync(WaysTable.NothingServed, Load.Grpc(echo.Port, requests.Grpc), null),
            () => MeasureGrpcAsync(server, echo),
            () => MeasureAsync("gRPC, unix domain socket", Load.Grpc($"unix://{server.GrpcSocket}", requests.Grpc), server),
            () => MeasureAsync("REST, binary", Load.Rest(server.RestPort, path, requests.Binary, requests.JsonLength), server),
        ];
        if (requests.Json is not null)
            ways.Add(() => MeasureAsync(WaysTable.Json, Load.Rest(server.RestPort, path, requests.Json), server));
        if (asInFile is not null)
            ways.Add(() => MeasureAsync("gRPC, batch open as in the file", Load.Grpc(asInFile.GrpcPort, requests.Grpc), asInFile));
        for (int round = 0; round < scale.Rounds; round++)
        {
            // Each round begins with another way: none always comes after the same one.
            for (int i = 0; i < ways.Count; i++)
                await ways[(i + round) % ways.Count]();
        }

        return _table;
    }

    private async Task MeasurePlainAsync()
    {
        (Measured measured, _plainStart) = await PlainProgram.RunAsync(workload, callers, scale.Turn);
        _table.Add(WaysTable.Engine, measured);
    }

    private async Task MeasureAsync(string way, Load load, Server? server) =>
        _table.Add(way, await (server is null ? load.RunAsync(callers, scale.Turn) : load.RunAsync(server, callers, scale.Turn)));

    private async Task MeasureGrpcAsync(Server server, Echo echo)
    {
        Measured reached = await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(server, callers, scale.Turn);
        _table.Add(WaysTable.Grpc, reached);
        if (callers == 1)
            return;

        // The generator must be at it before the plain program has compiled the model, which takes longer beside it, and until its end.
        TimeSpan driven = scale.Turn + TimeSpan.FromMilliseconds(500 + (2 * _plainStart));
        Task<Measured> driving = Load.Grpc(echo.Port, requests.Grpc).RunAsync(callers, driven, reached.Rate);
        (Measured beside, _) = await PlainProgram.RunAsync(workload, callers, scale.Turn);
        _table.Add(WaysTable.EngineBesideEcho, beside);
        _table.Driven.Add((await driving).Rate / reached.Rate);
    }
}
