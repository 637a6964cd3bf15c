using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using static Ovms.Tests.Serving.Lifecycle.Worlds;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>When a pipeline is loaded: it follows the models that it uses.</summary>
public sealed class ComposedPlanTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(100);
    private static readonly ModelConfig s_model = Config();

    [Test]
    public async Task Pipeline_WaitsForAModelThatIsToBeTried()
    {
        await Assert.That(Plan(new Actual([]))).IsEqualTo("try m 1");
        await Assert.That(Plan(Busy())).IsEqualTo("");
        await Assert.That(Plan(Of(Serves(s_model, 1)))).IsEqualTo("try p 1");
    }

    [Test]
    public async Task Pipeline_IsTriedIfItsModelFailed_SoThatItSaysWhy() =>
        await Assert.That(Plan(Of(Failed(s_model, 1, at: 100)))).IsEqualTo("try p 1");

    [Test]
    public async Task Pipeline_IsTriedIfItsModelIsNotConfigured()
    {
        Desired alone = new([Pipeline()], 2, IsVouched: false);
        await Assert.That(Words(ReconcilePlan.Compute(alone, new Actual([]), s_now))).IsEqualTo("try p 1");
    }

    [Test]
    public async Task PipelineThatServes_FollowsAnotherLoadOfItsModel()
    {
        ActualVersion model = Serves(s_model, 1);
        await Assert.That(Plan(Of(model, PipelineOn(model.Serves)))).IsEqualTo("");
        await Assert.That(Plan(Of(Serves(s_model, 1, "b"), PipelineOn(model.Serves)), "b")).IsEqualTo("try anew p 1");
    }

    [Test]
    public async Task PipelineWhoseModelIsGone_IsUnloaded()
    {
        Desired alone = new([Pipeline()], 2, IsVouched: false);
        Actual actual = new([new ActualModel("p", IsBusy: false, [PipelineOn(Serves(s_model, 1).Serves)])]);
        await Assert.That(Words(ReconcilePlan.Compute(alone, actual, s_now))).IsEqualTo("unload p 1");
    }

    [Test]
    public async Task PipelineThatDoesNotFitItsNewModel_IsUnloaded()
    {
        ActualVersion model = Serves(s_model, 1, "b");
        ActualVersion old = PipelineOn(Serves(s_model, 1).Serves);
        FailedLoad failed = new(PipelineOn(model.Serves).Serves!, 1, s_now, 2, Broken);
        await Assert.That(Plan(Of(model, old with { Failed = failed }), "b")).IsEqualTo("unload p 1");
    }

    [Test]
    public async Task NewDefinitionThatIsWrong_LeavesTheOldOneInForce()
    {
        ActualVersion model = Serves(s_model, 1);
        ActualVersion old = PipelineOn(model.Serves, "old");
        FailedLoad failed = new(PipelineOn(model.Serves).Serves!, 1, s_now, 2, Broken);
        await Assert.That(Plan(Of(model, old with { Failed = failed }))).IsEqualTo("");
    }

    private static string Plan(Actual actual, string stamp = "a") =>
        Words(ReconcilePlan.Compute(new Desired([Worlds.Of(s_model, OnDisk(1, stamp)), Pipeline()], 2, IsVouched: false), actual, s_now));

    private static string Words(ReconcilePlan plan) =>
        string.Join(", ", plan.Actions.Select(static action => action.Word().Insert(action.Word().LastIndexOf(' '), " " + action.Id.Name)));

    private static Actual Busy() => new([new ActualModel(Model, IsBusy: true, [])]);

    private static Actual Of(ActualVersion model, ActualVersion? pipeline = null) => new(
    [
        new ActualModel(Model, IsBusy: false, [model]),
        .. pipeline is null ? ImmutableArray<ActualModel>.Empty : [new ActualModel("p", IsBusy: false, [pipeline])],
    ]);

    private static DesiredModel Pipeline() => ComposedLook.Of(Definition("new"), new ServerOptions());

    private static PipelineConfig Definition(string fingerprint) =>
        new() { Name = "p", Fingerprint = fingerprint, Nodes = [new PipelineNode { Name = "n", Model = Model }] };

    private static ActualVersion PipelineOn(VersionSource? model, string fingerprint = "new")
    {
        DesiredModel pipeline = ComposedLook.Of(Definition(fingerprint), new ServerOptions());
        VersionOnDisk version = pipeline.Versions!.Value.Single();
        return new ActualVersion(1, new VersionSource(pipeline.Config!, version.Folder, version.Stamp) { Uses = [model] }, null);
    }
}
