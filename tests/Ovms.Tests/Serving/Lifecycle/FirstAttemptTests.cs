using Ovms.Options;
using Ovms.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>Readiness waits for the first attempt of each version that the start or a change asks for.</summary>
public sealed class FirstAttemptTests
{
    private const string All = """{"all":{}}""";

    [Test]
    public async Task Start_IsReadyWhenTheLastVersionWasTried()
    {
        await using ManagedModels models = new();
        PutThree(models, lowest: "held");
        models.Configure(models.Model("m", All));
        Task<ReloadResult> start = models.ReloadAsync();
        await models.ExpectAsync("m", "1 LOADING, 2 AVAILABLE, 3 AVAILABLE");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        models.Release();
        await start;
        await Assert.That(models.Readiness.IsReady).IsTrue();
    }

    [Test]
    public async Task NoTableThatLacksAnUntriedVersion_IsReady()
    {
        await using ManagedModels models = new();
        List<string> early = [];
        models.Readiness.Changed += () =>
        {
            string rows = models.RowsOf("m");
            if (models.Readiness.IsReady && rows != "1 AVAILABLE, 2 AVAILABLE, 3 AVAILABLE")
            {
                early.Add(rows);
            }
        };
        PutThree(models);
        models.Configure(models.Model("m", All));
        await models.ReloadAsync();
        await Assert.That(early).IsEmpty();
        await Assert.That(models.Readiness.IsReady).IsTrue();
    }

    [Test]
    [Arguments("")]
    [Arguments(All)]
    public async Task VersionThatFails_DoesNotHoldReadinessBack(string policy)
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Put("m", 2, "bad");
        models.Configure(models.Model("m", policy));
        ReloadResult start = await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE, 2 LOADING UNKNOWN");
        await Assert.That(models.Readiness.IsReady).IsTrue();
        await Assert.That($"{start.Status.Faults.Single()}").StartsWith("Model m; version: 2");
    }

    [Test]
    public async Task VersionThatStandsInForOneThatFailed_IsWaitedForToo()
    {
        await using ManagedModels models = new();
        models.Put("m", 1, "held");
        models.Put("m", 2);
        models.Put("m", 3, "bad");
        models.Configure(models.Model("m", """{"latest":{"num_versions":2}}"""));
        Task<ReloadResult> start = models.ReloadAsync();
        await models.ExpectAsync("m", "1 LOADING, 2 AVAILABLE, 3 LOADING UNKNOWN");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        models.Release();
        await start;
        await Assert.That(models.Readiness.IsReady).IsTrue();
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task AnotherPolicy_TakesReadinessAwayUntilItsVersionsWereTried(bool isAsked)
    {
        await using ManagedModels models = new();
        PutThree(models, lowest: "held");
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("3 AVAILABLE");
        await Assert.That(models.Readiness.IsReady).IsTrue();

        models.Configure(models.Model("m", All));
        Task reload = isAsked ? models.ReloadAsync() : models.PollAsync();
        await models.ExpectAsync("m", "1 LOADING, 2 AVAILABLE, 3 AVAILABLE");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        models.Release();
        await reload;
        await models.UntilAsync(() => models.Readiness.IsReady);
    }

    [Test]
    public async Task ModelThatAPollFindsInTheConfiguration_IsWaitedForThoughItsFilesHaveYetToSettle()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();

        models.Put("n", 1, "held");
        models.Put("n", 2);
        models.Configure(models.Model("m"), models.Model("n", All));
        await models.PollAsync();
        await models.PollAsync();
        await models.ExpectAsync("n", "1 LOADING, 2 AVAILABLE");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        models.Release();
        await models.ExpectAsync("n", "1 AVAILABLE, 2 AVAILABLE");
        await models.UntilAsync(() => models.Readiness.IsReady);
    }

    [Test]
    public async Task FolderThatAPollFinds_TakesNoReadinessFromWhatServes()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        List<string> unready = [];
        models.Readiness.Changed += () =>
        {
            if (!models.Readiness.IsReady)
            {
                unready.Add(models.RowsOf("m"));
            }
        };

        models.Put("m", 2, "held");
        await models.PollAsync();
        await models.PollAsync();
        await models.ExpectAsync("m", "1 AVAILABLE, 2 LOADING");
        models.Release();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(unready).IsEmpty();
    }

    [Test]
    public async Task RequestedReload_WaitsForTheFolderThatItFinds()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        models.Put("m", 2, "held");
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.ExpectAsync("m", "1 AVAILABLE, 2 LOADING");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        models.Release();
        await reload;
        await Assert.That(models.Readiness.IsReady).IsTrue();
    }

    [Test]
    public async Task RuleAny_IsReadyWithTheFirstVersion()
    {
        await using ManagedModels models = new(rule: ReadyRule.Any);
        PutThree(models, lowest: "held");
        models.Configure(models.Model("m", All));
        Task<ReloadResult> start = models.ReloadAsync();
        await models.ExpectAsync("m", "1 LOADING, 2 AVAILABLE, 3 AVAILABLE");
        await Assert.That(models.Readiness.IsReady).IsTrue();
        models.Release();
        await start;
    }

    [Test]
    public async Task FolderWithoutVersions_IsNotReadyUntilTheyCome()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Remove("m", 1);
        models.Configure(models.Model("m", """{"specific":{"versions":[7]}}"""));
        ReloadResult start = await models.ReloadAsync();
        await Assert.That(models.Readiness.IsReady).IsFalse();
        await Assert.That(start.Status.IsClean).IsTrue();

        models.Put("m", 3);
        await models.PollAsync();
        await models.PollAsync();
        await Assert.That(models.Loads).IsEmpty();
        await Assert.That(models.Readiness.IsReady).IsFalse();
        await Assert.That(models.Log.Count("[Warning]")).IsEqualTo(1).Because($"{models.Log}");

        models.Put("m", 7);
        await models.PollAsync();
        await models.PollAsync();
        await models.ExpectAsync("m", "7 AVAILABLE");
        await models.UntilAsync(() => models.Readiness.IsReady);
        await Assert.That(models.Log.Count("[Error]")).IsEqualTo(0);
    }

    private static void PutThree(ManagedModels models, string lowest = "good")
    {
        models.Put("m", 1, lowest);
        models.Put("m", 2);
        models.Put("m", 3);
    }
}
