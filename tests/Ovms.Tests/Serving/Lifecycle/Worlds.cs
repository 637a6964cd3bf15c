using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>Desired and actual states, written shortly.</summary>
internal static class Worlds
{
    public const string Model = "m";

    public static readonly Outcome Broken = Outcome.Fail(StatusCode.ModelNotLoaded, "broken");

    public static ModelConfig Config(string policy = "", string device = "CPU", string name = Model) =>
        ModelConfig.From(new ModelOptions { ModelName = name, ModelPath = $"/models/{name}", ModelVersionPolicy = policy, TargetDevice = device }, new ServerOptions()).Value!;

    public static string All => """{"all":{}}""";

    public static string Latest(int count) => $$$"""{"latest":{"num_versions":{{{count}}}}}""";

    public static string Specific(params long[] versions) => $$$"""{"specific":{"versions":[{{{string.Join(',', versions)}}}]}}""";

    public static VersionOnDisk OnDisk(long version, string stamp = "a", bool isSettled = true, string model = Model) =>
        new(new ModelVersionFolder(version, $"/models/{model}/{version}"), new FilesStamp(stamp), isSettled);

    public static VersionSource Source(ModelConfig config, long version, string stamp = "a") =>
        new(config, OnDisk(version, model: config.Name).Folder, new FilesStamp(stamp));

    public static Desired Desired(ModelConfig config, params VersionOnDisk[] versions) => new([Of(config, versions)], 2, IsVouched: false);

    public static DesiredModel Of(ModelConfig config, params VersionOnDisk[] versions) => new(config.Name, config, [.. versions], Outcome.Ok);

    public static Actual Actual(params ActualVersion[] versions) => new([new ActualModel(Model, IsBusy: false, [.. versions])]);

    public static ActualVersion Serves(ModelConfig config, long version, string stamp = "a") => new(version, Source(config, version, stamp), null);

    public static ActualVersion Failed(ModelConfig config, long version, int attempts = 1, double at = 0, string stamp = "a", long look = 1) =>
        new(version, null, Failure(config, version, attempts, at, stamp, look));

    public static FailedLoad Failure(ModelConfig config, long version, int attempts = 1, double at = 0, string stamp = "a", long look = 1) =>
        new(Source(config, version, stamp), attempts, TimeSpan.FromSeconds(at), look, Broken);

    /// <summary>The plan's actions as words: "load 3", "reload 2", "unload 1".</summary>
    public static string Words(this ReconcilePlan plan) => string.Join(", ", plan.Actions.Select(Word));

    public static string Word(this ModelAction action) => action switch
    {
        LoadAction.Load load => $"{(load.IsTrial ? "try" : "load")} {load.Id.Version}",
        LoadAction.Reload reload => $"{(reload.IsTrial ? "try anew" : "reload")} {reload.Id.Version}",
        LoadAction.Return back => $"return {back.Id.Version}",
        _ => $"unload {action.Id.Version}",
    };
}
