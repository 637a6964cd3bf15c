using Ovms.Native;

namespace Ovms.Tests.Tensors;

/// <summary>What typed signatures, which read the .xml while compiling, take for granted about the engine, which reads it while serving.</summary>
public class AnyNameTests
{
    [Test]
    [Arguments("z,my {name},1", "1")]
    [Arguments("b,B,a", "B")]
    [Arguments("ab,a", "a")]
    [Arguments("z\\,y,zz", "z,y")]
    public async Task PortOfSeveralNames_IsServedUnderTheSmallest(string names, string anyName)
    {
        string folder = Directory.CreateTempSubdirectory("ovms-names-").FullName;
        try
        {
            string source = SourceTree.PathOf("tests/models/dummy/1/dummy");
            string xml = await File.ReadAllTextAsync(source + ".xml");
            await File.WriteAllTextAsync(Path.Combine(folder, "dummy.xml"), xml.Replace("names=\"b\"", $"names=\"{names}\""));
            File.Copy(source + ".bin", Path.Combine(folder, "dummy.bin"));
            using Core core = new();
            using Model model = core.ReadModel(Path.Combine(folder, "dummy.xml"));
            await Assert.That(model.Inputs[0].Name).IsEqualTo(anyName);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
