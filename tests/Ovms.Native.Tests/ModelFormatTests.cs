using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Formats that OpenVINO reads, and what it says of files it cannot read.</summary>
public class ModelFormatTests
{
    [Test]
    [Arguments("dummy", "dummy.xml", "b")]
    [Arguments("squeezenet", "model.onnx", "data_0")]
    [Arguments("half_plus_two", "", "x")]
    [Arguments("half_plus_two_frozen", "frozen.pb", "x")]
    [Arguments("paddle_linear", "model.pdmodel", "x")]
    public async Task Format_IsReadAndCompiled(string name, string file, string input)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model(name, file));
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);

        // A TensorFlow port has several names, such as x and x:0; which one is given is OpenVINO's choice.
        await Assert.That(compiled.Inputs[0].Name!.Split(':')[0]).IsEqualTo(input);
    }

    [Test]
    public async Task SavedModel_IsReadByItsFolderOnly()
    {
        using Core core = new();
        await Assert.That(() => core.ReadModel(Repo.Model("half_plus_two", "saved_model.pb"))).Throws<OpenVinoException>();
    }

    [Test]
    public async Task Path_MayHoldAnyLetters()
    {
        using TempFolder folder = new();
        string strange = Path.Combine(folder.Path, "Möbelhaus 家具 🙂");
        Directory.CreateDirectory(strange);
        foreach (string extension in (string[])[".xml", ".bin"])
            File.Copy(Repo.Model("dummy", "dummy" + extension), Path.Combine(strange, "dummy" + extension));
        using Core core = new();

        using Model model = core.ReadModel(Path.Combine(strange, "dummy.xml"));

        await Assert.That(model.Inputs.Count).IsEqualTo(1);
    }

    [Test]
    public async Task TruncatedOrNewerIr_IsAGeneralError()
    {
        using TempFolder folder = new();
        string whole = File.ReadAllText(Repo.Model("dummy"));
        string truncated = Path.Combine(folder.Path, "truncated.xml");
        File.WriteAllText(truncated, whole[..(whole.Length / 2)]);
        string newer = Path.Combine(folder.Path, "newer.xml");
        File.WriteAllText(newer, whole.Replace("version=\"11\"", "version=\"99\"", StringComparison.Ordinal));
        using Core core = new();

        OpenVinoException? first = await Assert.That(() => core.ReadModel(truncated)).Throws<OpenVinoException>();
        OpenVinoException? second = await Assert.That(() => core.ReadModel(newer)).Throws<OpenVinoException>();

        await Assert.That(first!.Status).IsEqualTo(OvStatus.GeneralError);
        await Assert.That(second!.Status).IsEqualTo(OvStatus.GeneralError);
    }
}
