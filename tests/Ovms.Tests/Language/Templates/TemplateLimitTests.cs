using System.Text;
using Ovms.Language.Templates;
using Ovms.Status;

namespace Ovms.Tests.Language.Templates;

/// <summary>No template, and no message, makes the server compute, grow or recurse without end.</summary>
internal sealed class TemplateLimitTests
{
    [Test]
    [Arguments("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [Arguments("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [Arguments("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [Arguments("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [Arguments("{% set ns = namespace(x=[1]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}")]
    [Arguments("{% set ns = namespace(x=[1]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}")]
    [Arguments("{% set a = namespace(x=[1]) %}{% for i in range(9999) %}{% set a.x = [a.x] %}{% endfor %}{% set b = namespace(x=[1]) %}"
        + "{% for i in range(9999) %}{% set b.x = [b.x] %}{% endfor %}{{ a.x == b.x }}{{ a.x < b.x }}")]
    [Arguments("{% set ns = namespace() %}{% set ns.x = [ns, ns] %}{{ ns }}")]
    [Arguments("{{ 'x' * 100000000 }}")]
    [Arguments("{{ 10000000000 * [1] }}")]
    [Arguments("{{ 'x' | center(1000000000) }}")]
    [Arguments("{{ 'x\\ny' | indent(1000000000) }}")]
    [Arguments("{{ '%1000000000d' % 1 }}")]
    [Arguments("{{ '%.1000000000f' % 1 }}")]
    [Arguments("{{ '{:1000000000}'.format(1) }}")]
    [Arguments("{{ '{:.1000000000f}'.format(1.5) }}")]
    [Arguments("{{ [[1]] | tojson(indent=1000000000) }}")]
    [Arguments("{{ ('x' * 1000000).replace('', 'y' * 1000000) }}")]
    [Arguments("{{ ('y' * 1000000).join('x' * 1000000) }}")]
    [Arguments("{{ [1] | batch(10000000000, 0) | list }}")]
    [Arguments("{{ [1] | slice(10000000000, 0) | list }}")]
    [Arguments("{{ 'a\t' .expandtabs(1000000000) }}")]
    [Arguments("{{ 9 ** 999999999 }}")]
    [Arguments("{% set ns = namespace(x=9) %}{% for i in range(100000) %}{% set ns.x = ns.x * ns.x %}{% endfor %}")]
    [Arguments("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [Arguments("{% macro a() %}{{ b() }}{{ caller() }}{% endmacro %}{% macro b() %}"
        + "{% call a() %}{{ caller() }}{% endcall %}{% endmacro %}{{ a() }}")]
    [Arguments("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [Arguments("{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}")]
    public async Task MuchFromLittle_EndsAtALimit(string template)
    {
        Outcome<string> result = Rendering.Text(template);
        await Assert.That(result.Code).IsEqualTo(StatusCode.TemplateTooLarge);
        await Assert.That(result.Detail!).StartsWith("line 1, column ");
    }

    [Test]
    [Arguments("(", "", ")")]
    [Arguments("[", "", "]")]
    [Arguments("{1:", "1", "}")]
    [Arguments("not ", "1", "")]
    [Arguments("- ", "1", "")]
    [Arguments("1 if ", "1", "")]
    [Arguments("1 if 1 else ", "1", "")]
    [Arguments("", "1", "-1")]
    [Arguments("", "1", "*1")]
    [Arguments("", "x", ".x")]
    [Arguments("", "x", "[0]")]
    [Arguments("", "x", "()")]
    [Arguments("", "x", "|trim")]
    [Arguments("", "x", " is defined")]
    [Arguments("x(", "", ")")]
    [Arguments("x|d(", "1", ")")]
    [Arguments("x[", "1", "]")]
    public async Task ExpressionsNestedWithoutEnd_AreRejected(string before, string middle, string after)
    {
        StringBuilder template = new("{{ ");
        template.Insert(template.Length, before, 100_000).Append(middle).Insert(template.Length, after, 100_000).Append(" }}");
        await Assert.That(Template.Parse(template.ToString()).Code).IsEqualTo(StatusCode.TemplateInvalid);
    }

    [Test]
    public async Task StatementsNestedWithoutEnd_AreRejected()
    {
        string[] tags = ["if 1", "for x in y", "macro m()", "call m()", "filter upper", "with", "generation", "set x", "block b"];
        foreach (string tag in tags)
        {
            StringBuilder template = new();
            template.Insert(0, $"{{% {tag} %}}", 100_000);
            await Assert.That(Template.Parse(template.ToString()).Code).IsEqualTo(StatusCode.TemplateInvalid);
        }
    }

    [Test]
    public async Task LongFlatTemplates_AreRendered()
    {
        StringBuilder sum = new("{{ 1"), text = new("{{ 'a'"), branches = new("{% if 0 %}");
        for (int i = 0; i < 20_000; i++)
        {
            sum.Append(" + 1");
            text.Append(" ~ 'a'");
            branches.Append("{% elif 0 %}");
        }

        await Assert.That(Rendering.Text(sum + " }}").Value).IsEqualTo("20001");
        await Assert.That(Rendering.Text(text + " }}").Value!.Length).IsEqualTo(20_001);
        await Assert.That(Rendering.Text(branches + "{% else %}x{% endif %}").Value).IsEqualTo("x");
    }

    [Test]
    public async Task LongContents_AreSearchedInLinearTime()
    {
        // A product of both lengths would be 10^12 comparisons.
        string text = new('a', 2_000_000), part = new string('a', 1_000_000) + "b";
        Outcome<string> result = Rendering.Text(
            "{{ part in text }}{{ text.count(part) }}{{ text.replace(part, '') | length }}"
            + "{{ text.split(part) | length }}{{ text.rfind(part) }}",
            null, ("text", text), ("part", part));
        await Assert.That(result.Value).IsEqualTo("False020000001-1");
    }

    [Test]
    public async Task SmallerLimits_AreHeld()
    {
        await Assert.That(Rendering.Text("{{ 'abc' * 10 }}", new TemplateLimits(Characters: 20)).Code)
            .IsEqualTo(StatusCode.TemplateTooLarge);
        await Assert.That(Rendering.Text("{% for i in range(50) %}{% endfor %}", new TemplateLimits(Steps: 20)).Code)
            .IsEqualTo(StatusCode.TemplateTooLarge);
        await Assert.That(Rendering.Text("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(99) }}").IsOk).IsTrue();
    }
}
