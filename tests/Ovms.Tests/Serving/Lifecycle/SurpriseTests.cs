using Ovms.Serving.Lifecycle;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>What nobody expects is told, and configuration and files are followed as before.</summary>
public sealed class SurpriseTests
{
    [Test]
    public async Task LookThatThrows_IsToldAndFollowedByTheNext()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();

        models.ThrowOnce(new InvalidOperationException("nobody thought of this"));
        models.Put("m", 2);
        await models.PollAsync();
        await models.UntilAsync(() => models.Log.Count("[Error] The check of configuration and models failed") == 1);
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await models.UntilAsync(() => models.Reloads.Status.Config.Text.Contains("nobody thought of this", StringComparison.Ordinal));

        await models.PollAsync();
        await models.PollAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(models.Reloads.Status.IsClean).IsTrue();
    }

    [Test]
    public async Task RequestedLookThatThrows_IsAnsweredAndTheNextOneWorks()
    {
        await using ManagedModels models = new(TimeSpan.Zero);
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        models.ThrowOnce(new InvalidOperationException("nobody thought of this"));
        ReloadResult failed = await models.ReloadAsync();
        await Assert.That(failed.Status.Config.Code).IsEqualTo(StatusCode.InternalError);
        await Assert.That(failed.Status.Config.Text).Contains("InvalidOperationException: nobody thought of this");
        await Assert.That(models.Readiness.AllTried).IsFalse();
        await Assert.That((await models.ReloadAsync()).Status.IsClean).IsTrue();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
    }

    [Test]
    public async Task ModelThatNobodyCanLookAt_IsItsOwnFaultAlone()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"), models.Model("odd") with { ModelPath = null! });
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await Assert.That(result.Status.Faults.Single().Name).IsEqualTo("odd");
        await Assert.That(result.Status.Faults.Single().Why.Code).IsEqualTo(StatusCode.InternalError);
    }

    [Test]
    public async Task StepThatThrows_IsToldAndTheLoopGoesOn()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        int left = 1;
        models.Registry.Changed += () =>
        {
            if (Interlocked.Exchange(ref left, 0) == 1)
            {
                throw new InvalidOperationException("a listener failed");
            }
        };
        Task<ReloadResult> start = models.ReloadAsync();
        await models.UntilAsync(() => models.Log.Count("[Error] A step of reloading") == 1);
        models.Clock.Advance(await models.Clock.WhenSetAsync());
        await start;
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        models.Put("m", 2);
        await models.ReloadAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
    }
}
