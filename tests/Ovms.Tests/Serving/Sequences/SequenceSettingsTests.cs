using Ovms.Devices;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Sequences;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Sequences;

public sealed class SequenceSettingsTests
{
    [Test]
    public async Task StatefulModel_HasTheOptionsSettings()
    {
        Outcome<SequenceSettings?> settings = From(new ModelOptions { Stateful = true, MaxSequenceNumber = 7, IdleSequenceCleanup = false });
        await Assert.That(settings.Value).IsEqualTo(new SequenceSettings(7, CleansIdle: false));
        await Assert.That(From(new ModelOptions { Stateful = true }).Value).IsEqualTo(new SequenceSettings(500, CleansIdle: true));
        await Assert.That(From(new ModelOptions { Stateful = true, MaxSequenceNumber = uint.MaxValue }).Value!.Max).IsEqualTo(int.MaxValue);
    }

    [Test]
    public async Task OtherModel_HasNone()
    {
        Outcome<SequenceSettings?> settings = From(new ModelOptions());
        await Assert.That(settings.Code).IsEqualTo(StatusCode.Ok);
        await Assert.That(settings.Value).IsNull();
    }

    [Test]
    public async Task OptionsOfStatefulModels_AreRefusedForOthers()
    {
        await Assert.That(From(new ModelOptions { MaxSequenceNumber = 0 }).Text).IsEqualTo("Stateful model config parameter used for non stateful model - max_sequence_number needs stateful: true");
        await Assert.That(From(new ModelOptions { IdleSequenceCleanup = false }).Text).IsEqualTo("Stateful model config parameter used for non stateful model - idle_sequence_cleanup needs stateful: true");
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task LowLatencyTransformation_IsRefusedWithTheWayOut(bool stateful)
    {
        Outcome<SequenceSettings?> settings = From(new ModelOptions { Stateful = stateful, LowLatencyTransformation = true });
        await Assert.That(settings.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(settings.Text).Contains("when the model is converted");
    }

    [Test]
    [Arguments("GPU")]
    [Arguments("AUTO")]
    [Arguments("HETERO:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task OtherDevices_AreRefused(string device)
    {
        Outcome<SequenceSettings?> settings = From(new ModelOptions { Stateful = true }, device);
        await Assert.That(settings.Text).IsEqualTo($"Model config is invalid - Stateful models run on the CPU only; Expected: target_device CPU; Actual: {device}");
        await Assert.That(From(new ModelOptions(), device).IsOk).IsEqualTo(From(new ModelOptions()).IsOk);
    }

    [Test]
    [Arguments("auto", "")]
    [Arguments("", "auto")]
    [Arguments("", """{"x":"auto"}""")]
    public async Task AutoSizes_AreRefused(string batchSize, string shape)
    {
        Outcome<SequenceSettings?> settings = From(new ModelOptions { Stateful = true, BatchSize = batchSize, Shape = shape });
        await Assert.That(settings.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(settings.Text).Contains("no auto batch_size or shape");
    }

    [Test]
    public async Task InputWhoseNameIsAuto_IsNotAnAutoShape() =>
        await Assert.That(From(new ModelOptions { Stateful = true, Shape = """{"auto":"(1,1)"}""" }).IsOk).IsTrue();

    [Test]
    public async Task ModelAndSettings_ThatDoNotGoTogether_AreWarnedOf()
    {
        IrFile stateful = ModelFile.Find(Path.Combine(Repo.Model("accumulator"), "1")).Value!.Ir!;
        IrFile stateless = ModelFile.Find(Path.Combine(Repo.Model("dummy"), "1")).Value!.Ir!;
        SequenceSettings settings = new(500, CleansIdle: true);
        await Assert.That(StateNotes.Of(stateful, null).Single()).StartsWith("The model keeps state from one call to the next.");
        await Assert.That(StateNotes.Of(stateless, settings).Single()).Contains("keeps no state");
        await Assert.That(StateNotes.Of(stateful, settings)).IsEmpty();
        await Assert.That(StateNotes.Of(stateless, null)).IsEmpty();
        await Assert.That(StateNotes.Of(null, settings)).IsEmpty();
    }

    private static Outcome<SequenceSettings?> From(ModelOptions options, string device = "CPU") => SequenceSettings.From(options, TargetDevice.Parse(device).Value!);
}
