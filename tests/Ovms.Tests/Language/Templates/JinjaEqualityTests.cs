using System.Text.Json;
using Ovms.Language.Templates;
using Ovms.Language.Values;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Language.Templates;

/// <summary>Templates render as Python's jinja2 renders them, byte for byte, and fail where it fails, with its kind of error.</summary>
internal sealed class JinjaEqualityTests
{
    [Test]
    public async Task SmallTemplates_AreEqual()
    {
        string path = Path.Combine(Repo.Root, "tests", "Ovms.Tests", "Language", "Templates", "jinja-cases.json");
        using JsonDocument file = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        JinjaValue variables = JsonValues.Read(file.RootElement.GetProperty("variables")).Value;
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement one in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            count++;
            string template = one[0].GetString()!;
            string expected = Rendering.Expected(one[1].GetString()!, one[2].GetString()!), got = Rendering.Of(template, variables);
            if (got != expected)
                wrong.Add($"{template}\n  got      {got}\n  expected {expected}");
        }

        await Assert.That(string.Join('\n', wrong.Take(20))).IsEqualTo("");
        await Assert.That(count).IsGreaterThan(1000);
    }

    [Test]
    public async Task PublicChatTemplates_AreEqual()
    {
        string? path = new[] { "..", "../.." }
            .Select(static up => Path.Combine(Repo.Root, up, "shared", "templates", "templates.json"))
            .FirstOrDefault(File.Exists);
        if (path is null)
            Skip.Test("The public chat templates are not beside the repository: shared/templates/templates.json.");

        using JsonDocument file = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement one in file.RootElement.GetProperty("templates").EnumerateArray())
        {
            string name = one.GetProperty("name").GetString()!;
            Outcome<Template> template = Template.Parse(one.GetProperty("template").GetString()!);
            await Assert.That(template.Text).IsEqualTo(Outcome.Ok.Text);
            foreach (JsonProperty render in one.GetProperty("renders").EnumerateObject())
            {
                count++;
                JsonProperty result = render.Value.EnumerateObject().First();
                string expected = Rendering.Expected(result.Name, result.Value.GetString()!);
                string got = Rendering.Of(template.Value!, Variables(file.RootElement.GetProperty("cases").GetProperty(render.Name)));
                if (got != expected)
                    wrong.Add($"{name}, {render.Name}\n  got      {got}\n  expected {expected}");
            }
        }

        await Assert.That(string.Join('\n', wrong.Take(5))).IsEqualTo("");
        await Assert.That(count).IsGreaterThan(2500);
    }

    private static JinjaValue Variables(JsonElement conversation)
    {
        JinjaDict variables = new();
        variables.Set("bos_token", "<s>");
        variables.Set("eos_token", "</s>");
        variables.Set("pad_token", "<pad>");
        variables.Set("unk_token", "<unk>");
        variables.Set("tools", JinjaValue.None);
        variables.Set("documents", JinjaValue.None);
        variables.Set("add_generation_prompt", true);
        foreach (JsonProperty given in conversation.EnumerateObject())
            variables.Set(given.Name, JsonValues.Read(given.Value).Value);

        return JinjaValue.Dict(variables);
    }
}
