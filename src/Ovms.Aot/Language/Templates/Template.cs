using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Language.Templates;

/// <summary>
/// A chat template: Jinja with the settings, functions and filters of the <c>transformers</c> library. It is parsed once; several threads
/// may render it at a time.
/// </summary>
internal sealed class Template
{
    private readonly string _text;
    private readonly Statement[] _body;
    private readonly Scope _scope;
    private readonly string[] _free;

    private Template(string text, Statement[] body, Scope scope, string[] free)
    {
        _text = text;
        _body = body;
        _scope = scope;
        _free = free;
    }

    /// <summary>Parses a template. The error names the line and column.</summary>
    public static Outcome<Template> Parse(string text)
    {
        string normal = Lexer.Normalise(text);
        try
        {
            List<string> free = [];
            (Statement[] body, Scope scope) = new StatementParser(new Lexer(normal).Read()).Read(free);
            return new Template(normal, body, scope, [.. free]);
        }
        catch (SyntaxFault fault)
        {
            return Outcome.Fail(StatusCode.TemplateInvalid, $"{Place(normal, fault.Position)}: {fault.Message}");
        }
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">A dict of the variables.</param>
    /// <param name="limits">What the rendering may use.</param>
    /// <param name="now">The local time that <c>strftime_now</c> prints.</param>
    /// <returns>
    /// The text; <see cref="StatusCode.TemplateRefused"/> with the template's own words if it called <c>raise_exception</c>;
    /// <see cref="StatusCode.TemplateTooLarge"/> at a limit; <see cref="StatusCode.TemplateFailed"/> with the place and Python's error.
    /// </returns>
    public Outcome<string> Render(JinjaValue variables, TemplateLimits limits, DateTime now)
    {
        JinjaValue[] values = new JinjaValue[_free.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = variables.Members.Get(_free[i]) is { Kind: not JinjaKind.Unset } given ? given : Globals.Find(_free[i]);

        using Renderer renderer = new(limits.NewBudget(), values, now);
        try
        {
            renderer.Frame = new Frame(_scope, null);
            Statement.RunAll(_body, renderer);
            return renderer.Output.Take(0);
        }
        catch (PythonFault fault)
        {
            string place = Place(_text, renderer.Position);
            return fault.Kind switch
            {
                PythonFault.Raised => Outcome.Fail(StatusCode.TemplateRefused, fault.Message),
                PythonFault.Limit => Outcome.Fail(StatusCode.TemplateTooLarge, $"{place}: {fault.Message}"),
                _ => Outcome.Fail(StatusCode.TemplateFailed, $"{place}: {fault.Kind}: {fault.Message}"),
            };
        }
    }

    private static string Place(string text, int position)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Min(position, text.Length));
        return $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}";
    }
}
