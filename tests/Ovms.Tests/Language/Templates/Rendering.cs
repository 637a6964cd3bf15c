using Ovms.Language.Templates;
using Ovms.Language.Values;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Tests.Language.Templates;

/// <summary>Renders templates for tests. Results have the form <c>text:…</c>, <c>raised:…</c> or <c>error:Kind</c>.</summary>
internal static class Rendering
{
    public static DateTime Now { get; } = new(2026, 11, 29, 9, 5, 3);

    public static string Of(string template, JinjaValue variables)
    {
        Outcome<Template> parsed = Template.Parse(template);
        return parsed.IsOk ? Of(parsed.Value, variables) : "error:TemplateSyntaxError";
    }

    public static string Of(Template template, JinjaValue variables)
    {
        Outcome<string> result = template.Render(variables, TemplateLimits.Default, Now);
        return result.Code switch
        {
            StatusCode.Ok => "text:" + result.Value,
            StatusCode.TemplateRefused => "raised:" + result.Detail,
            StatusCode.TemplateFailed => "error:" + result.Detail!.Split(": ")[1],
            _ => result.Code.ToString(),
        };
    }

    /// <summary>What a data file expects. The texts of failures escape invisible characters.</summary>
    public static string Expected(string kind, string text) => kind + ":" + (kind == "raised" ? VisibleText.Of(text) : text);

    public static Outcome<string> Text(string template, TemplateLimits? limits = null, params (string Name, JinjaValue Value)[] variables)
    {
        JinjaDict dict = new();
        foreach ((string name, JinjaValue value) in variables)
            dict.Set(name, value);

        return Template.Parse(template).Value!.Render(JinjaValue.Dict(dict), limits ?? TemplateLimits.Default, Now);
    }
}
