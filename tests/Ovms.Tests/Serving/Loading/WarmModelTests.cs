using Ovms.Devices;
using Ovms.Options;
using Ovms.Serving.Loading;

namespace Ovms.Tests.Serving.Loading;

internal sealed class WarmModelTests
{
    [Test]
    [Arguments("AUTO:GPU,CPU", "GPU.0", "AUTO:CPU")]
    [Arguments("AUTO:GPU.0,GPU.1,CPU", "GPU.0", "AUTO:GPU.1,CPU")]
    [Arguments("MULTI:GPU.0(2),GPU.1(2),CPU", "GPU.0, GPU.1, CPU", "MULTI:CPU")]
    [Arguments("AUTO", "GPU.0", "AUTO:CPU")]
    [Arguments("AUTO:-GPU.1", "GPU.0", "AUTO:CPU")]
    [Arguments("AUTO:-CPU", "GPU.0", null)]
    [Arguments("AUTO:GPU", "GPU.0", null)]
    [Arguments("AUTO:GPU,CPU", "CPU", null)]
    [Arguments("GPU", "GPU.0", null)]
    [Arguments("HETERO:GPU,CPU", "GPU.0", null)]
    [Arguments("BATCH:GPU(4)", "GPU.0", null)]
    public async Task AfterTrouble_OnlyAutoAndMultiGoOn(string target, string executing, string? left) =>
        await Assert.That(WarmModel.Without(TargetDevice.Parse(target).Value!, executing)?.ToString()).IsEqualTo(left);

    [Test]
    [Arguments(WarmupRule.Auto, null, "CPU", false)]
    [Arguments(WarmupRule.Auto, null, "AUTO", true)]
    [Arguments(WarmupRule.Auto, null, "BATCH:CPU(4)", false)]
    [Arguments(WarmupRule.Auto, null, "GPU", true)]
    [Arguments(WarmupRule.On, null, "CPU", true)]
    [Arguments(WarmupRule.Off, null, "GPU", false)]
    [Arguments(WarmupRule.Off, WarmupRule.On, "CPU", true)]
    [Arguments(WarmupRule.On, WarmupRule.Off, "GPU", false)]
    [Arguments(WarmupRule.On, WarmupRule.Auto, "CPU", false)]
    public async Task Warmup_IsTheModelsElseTheServers(WarmupRule server, WarmupRule? model, string device, bool warmsUp)
    {
        ModelOptions options = new() { ModelName = "m", ModelPath = "/models/m", TargetDevice = device, Warmup = model };

        ModelConfig config = ModelConfig.From(options, new ServerOptions { Warmup = server }).Value!;

        await Assert.That(config.WarmsUp).IsEqualTo(warmsUp);
    }

    [Test]
    public async Task ChangedWarmup_DoesNotReload()
    {
        ModelOptions options = new() { ModelName = "m", ModelPath = "/models/m" };
        ModelConfig before = ModelConfig.From(options, new ServerOptions()).Value!;
        ModelConfig after = ModelConfig.From(options with { Warmup = WarmupRule.On }, new ServerOptions()).Value!;

        await Assert.That(after.CompilesLike(before)).IsTrue();
    }
}
