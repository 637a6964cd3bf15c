using Ovms.Language.Templates;
using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Tests.Language.Templates;

internal sealed class TemplateTests
{
    [Test]
    [Arguments("a\n{{ 1 + }}", "line 2, column 8: expected an expression, got end of print statement")]
    [Arguments("{% if x %}\n\n", "line 2, column 1: unexpected end of template, expected 'elif' or 'else' or 'endif'")]
    [Arguments("{{ x | nope }}", "line 1, column 8: No filter named 'nope'.")]
    [Arguments("\r\n\r\n  {% endif %}", "line 3, column 6: unknown tag 'endif'")]
    [Arguments("{{ 'abc", "line 1, column 4: the end of a text ' is missing")]
    [Arguments("{{ x | urlize }}", "line 1, column 8: the filter 'urlize' is not supported")]
    public async Task InvalidTemplate_NamesThePlace(string template, string detail)
    {
        Outcome<Template> result = Template.Parse(template);
        await Assert.That(result.Code).IsEqualTo(StatusCode.TemplateInvalid);
        await Assert.That(result.Detail).IsEqualTo(detail);
    }

    [Test]
    [Arguments("a\n  {{ messages[0].content.x }}", "line 2, column 14: UndefinedError: 'messages' is undefined")]
    [Arguments("{% for x in 5 %}{% endfor %}", "line 1, column 4: TypeError: 'int' object is not iterable")]
    [Arguments("\n{{ {'a': 1}.b.c }}", "line 2, column 15: UndefinedError: 'dict object' has no attribute 'b'")]
    [Arguments("{{ 'a' + 1 }}", "line 1, column 8: TypeError: can only concatenate str (not \"int\") to str")]
    [Arguments("{{ [].append(1) }}", "line 1, column 13: SecurityError: access to attribute 'append' of 'list' object is unsafe.")]
    [Arguments("{{ lipsum(1) }}", "line 1, column 10: NotImplementedError: the function 'lipsum' is not supported: a prompt does not hold random text")]
    [Arguments("{{ 'a' 'b \\N{BULLET} c' }}", "line 1, column 4: SyntaxError: names of characters are not supported in texts: write \\N{BULLET} as \\uXXXX")]
    public async Task FailingTemplate_NamesThePlaceAndPythonsError(string template, string detail)
    {
        Outcome<string> result = Rendering.Text(template);
        await Assert.That(result.Code).IsEqualTo(StatusCode.TemplateFailed);
        await Assert.That(result.Detail).IsEqualTo(detail);
    }

    [Test]
    [Arguments("{% autoescape false %}{{ '<a>' }}{% endautoescape %}", "<a>")]
    [Arguments("{% autoescape true %}{{ '<a>' }}{% endautoescape %}", "<a>")]
    [Arguments("{% if x %}{{ '\\N{BULLET}' }}{% endif %}{{ 'a \\\\N{x}' }}", "a \\N{x}")]
    [Arguments("{{ lipsum is defined }} {% if x %}{{ x | urlize }}{% endif %}", "True ")]
    public async Task WhatIsNotSupported_HarmsNobodyWhoDoesNotUseIt(string template, string text) =>
        await Assert.That(Rendering.Text(template).Value).IsEqualTo(text);

    [Test]
    public async Task RaisedText_IsTheDetailAlone()
    {
        Outcome<string> result = Rendering.Text("{{ raise_exception('Roles must alternate: ' ~ 5) }}");
        await Assert.That(result.Code).IsEqualTo(StatusCode.TemplateRefused);
        await Assert.That(result.Detail).IsEqualTo("Roles must alternate: 5");
        await Assert.That(result.Code.ToHttp()).IsEqualTo(400);
    }

    [Test]
    public async Task ByteOrderMark_IsDropped()
    {
        await Assert.That(Rendering.Text("\uFEFF{% if true %}\r\nx\r\n{% endif %}\r\n").Value).IsEqualTo("x\n");
    }

    [Test]
    public async Task OneTemplate_IsRenderedByManyThreadsAtOnce()
    {
        Template template = Template.Parse(
            "{% macro m(n) %}{% if n %}{{ n }}{{ m(n - 1) }}{% endif %}{% endmacro %}{% set ns = namespace(t='') %}"
            + "{% for x in range(n) %}{% set ns.t = ns.t ~ loop.index %}{% endfor %}{{ ns.t }}"
            + "|{{ m(n) }}|{{ range(n) | map('string') | join }}").Value!;
        string[] expected = [.. Enumerable.Range(0, 40).Select(Render)];
        string[] got = new string[4000];
        Parallel.For(0, got.Length, i => got[i] = Render(i % 40));
        for (int i = 0; i < got.Length; i++)
            await Assert.That(got[i]).IsEqualTo(expected[i % 40]);

        string Render(int n)
        {
            JinjaDict variables = new();
            variables.Set("n", n);
            return template.Render(JinjaValue.Dict(variables), TemplateLimits.Default, Rendering.Now).Value!;
        }
    }

    [Test]
    public async Task CallersVariables_HideFunctions()
    {
        await Assert.That(Rendering.Text("{{ range }}", null, ("range", "mine")).Value).IsEqualTo("mine");
    }
}
