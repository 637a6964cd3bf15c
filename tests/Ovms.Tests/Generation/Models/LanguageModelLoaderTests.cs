using Ovms.Generation.Models;
using Ovms.Native.Paging;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>The lane of a model, and models that cannot be loaded.</summary>
[NotInParallel(nameof(LaneVerdicts))]
public class LanguageModelLoaderTests
{
    [Test]
    public async Task Model_IsPagedWhereItComputesTheSame()
    {
        using LoadedLanguageModel model = Load(TinyModel.Folder, TinyModel.With("u8"));
        bool hasPass = PagedAttention.Load(Engine.Core, out string? refusal) is not null;
        await Assert.That(model.Lane).IsEqualTo(hasPass ? ModelLane.Paged : ModelLane.Stateful);
        await Assert.That(model.Reason).IsEqualTo(refusal);
        await Assert.That(model.Notes).IsEmpty();
        if (hasPass)
        {
            // Two layers, two heads: keys of 8 numbers and 2 of scale a token over 32 tokens, values of 8 and 8.
            await Assert.That(model.Cache).IsEqualTo(new KvFacts("U8", 32, model.Runner.Capacity.Blocks, 2 * 2 * ((40 * 8) + (32 * 16)), 0, 0));
        }
    }

    [Test]
    public async Task OtherDevice_TakesTheStatefulLane()
    {
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, TinyModel.Folder, TinyModel.Exact with { Device = "AUTO:CPU" });
        await Assert.That(loaded.Text).IsEqualTo("OK");
        using LoadedLanguageModel model = loaded.Value!;
        await Assert.That(model.Lane).IsEqualTo(ModelLane.Stateful);
        await Assert.That(model.Reason).Contains("AUTO:CPU");
    }

    [Test]
    public async Task ModelWithoutState_IsRefusedWithTheRemedy()
    {
        using TemporaryFolder folder = Folder("dummy");
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder.Path, TinyModel.Exact);
        await Assert.That(loaded.Text).Contains("keeps no state between tokens").And.Contains("text-generation-with-past");
    }

    [Test]
    public async Task ModelWithoutAttention_IsRefusedAndTheProcessLives()
    {
        using TemporaryFolder folder = Folder("accumulator");
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder.Path, TinyModel.Exact);
        await Assert.That(loaded.Text).Contains("the model has no input input_ids");
    }

    [Test]
    [Arguments("<html></html>", "an IR begins with <net>")]
    [Arguments("{}", "is not the text of an OpenVINO IR")]
    [Arguments("<net><layers><layer id=\"x\"/></layers></net>", "a number is expected")]
    [Arguments("<net><layers><layer id=\"0\" type=\"ReadValue\"><data variable_id=\"a\" variable_shape=\"?\"/></layer></layers></net>", "openvino_model.xml")]
    public async Task BrokenText_IsRefused(string text, string said)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["openvino_model.xml"], text);
        File.WriteAllBytes(folder["openvino_model.bin"], []);
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder.Path, TinyModel.Exact);
        await Assert.That(loaded.IsOk).IsFalse();
        await Assert.That(loaded.Text).Contains(said);
    }

    [Test]
    public async Task MissingFile_IsNamed()
    {
        using TemporaryFolder folder = new();
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder.Path, TinyModel.Exact);
        await Assert.That(loaded.Code).IsEqualTo(StatusCode.FileInvalid);
        await Assert.That(loaded.Text).Contains(folder["openvino_model.xml"]);
    }

    [Test]
    public async Task WeightsThatAreMissing_AreAReason()
    {
        using TemporaryFolder folder = new();
        File.Copy(TinyModel.Text, folder["openvino_model.xml"]);
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder.Path, TinyModel.Exact);
        await Assert.That(loaded.IsOk).IsFalse();
        await Assert.That(loaded.Text).Contains("openvino_model");
    }

    [Test]
    public async Task UnknownProperty_IsAReason()
    {
        LanguageModelSettings settings = TinyModel.Exact with { Properties = [KeyValuePair.Create("NO_SUCH_KEY", "1")] };
        await Assert.That(LanguageModelLoader.Load(Engine.Core, TinyModel.Folder, settings).Text).Contains("NO_SUCH_KEY");
    }

    [Test]
    public async Task Verdict_IsRememberedInTheFolder()
    {
        if (PagedAttention.Load(Engine.Core, out string? refusal) is null)
        {
            Skip.Test(refusal!);
        }

        using TemporaryFolder folder = new();
        LanguageModelSettings settings = TinyModel.Exact with { VerdictFolder = folder["verdicts"] };
        LaneVerdicts.Clear();
        Load(TinyModel.Folder, settings).Dispose();
        string file = Directory.GetFiles(folder["verdicts"]).Single();

        // What the folder says counts: as if the comparison had ended otherwise.
        string key = File.ReadLines(file).First();
        File.WriteAllText(file, $"{key}\nit was so\n");
        LaneVerdicts.Clear();
        using (LoadedLanguageModel model = Load(TinyModel.Folder, settings))
        {
            await Assert.That((model.Lane, model.Reason)).IsEqualTo((ModelLane.Stateful, "it was so"));
        }

        // A file that was cut does not.
        File.WriteAllText(file, $"{key}\nit was");
        LaneVerdicts.Clear();
        Load(TinyModel.Folder, settings).Dispose();
        await Assert.That(File.ReadAllText(file)).IsEqualTo($"{key}\n\n");
    }

    [Test]
    public async Task Load_LeavesNothingBehind()
    {
        string[] before = Left();
        Load(TinyModel.Folder, TinyModel.Exact).Dispose();

        // Other tests load at the same time: their folders go too.
        string[] made = [.. Left().Except(before)];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (made.Any(Directory.Exists) && !patience.IsCancellationRequested)
        {
            await Task.Delay(50);
        }

        await Assert.That(made.Where(Directory.Exists)).IsEmpty();

        static string[] Left() => Directory.GetDirectories(Path.GetTempPath(), "ovms-model-*");
    }

    private static LoadedLanguageModel Load(string folder, LanguageModelSettings settings)
    {
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, folder, settings);
        return loaded.IsOk ? loaded.Value : throw new InvalidOperationException(loaded.Text);
    }

    private static TemporaryFolder Folder(string model)
    {
        TemporaryFolder folder = new();
        foreach (string ending in new[] { ".xml", ".bin" })
        {
            string file = Path.Combine(Repo.Model(model), "1", model + ending);
            if (File.Exists(file))
            {
                File.Copy(file, folder["openvino_model" + ending]);
            }
        }

        return folder;
    }
}
