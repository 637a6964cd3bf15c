using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What Python's <c>iter</c> and <c>len</c> say about values.</summary>
internal static class Iteration
{
    /// <summary>The elements of a value, each a step of the budget; null if it cannot be iterated.</summary>
    public static IEnumerator<JinjaValue>? Of(JinjaValue value, RenderBudget budget) => value.Kind switch
    {
        JinjaKind.List or JinjaKind.Tuple => Counted(value.Items, budget),
        JinjaKind.Dict => Counted(value.Members, budget),
        JinjaKind.String => Counted(CodePoints.Each(value.Text), budget),
        JinjaKind.Markup => Counted(CodePoints.Each(value.Text), budget),
        JinjaKind.Undefined => Enumerable.Empty<JinjaValue>().GetEnumerator(),
        JinjaKind.Object => value.Object.Iterate() is { } elements ? Counted(elements, budget) : null,
        _ => null,
    };

    /// <summary>Python's <c>len</c>, or -1 if the type has none.</summary>
    public static long Length(JinjaValue value) => value.Kind switch
    {
        JinjaKind.List or JinjaKind.Tuple => value.Items.Count,
        JinjaKind.Dict => value.Members.Count,
        JinjaKind.String or JinjaKind.Markup => CodePoints.Count(value.Text),
        JinjaKind.Undefined => 0,
        JinjaKind.Object => value.Object.Length,
        _ => -1,
    };

    private static IEnumerator<JinjaValue> Counted(JinjaList items, RenderBudget budget)
    {
        for (int i = 0; i < items.Count; i++)
        {
            budget.Step();
            yield return items[i];
        }
    }

    private static IEnumerator<JinjaValue> Counted(JinjaDict members, RenderBudget budget)
    {
        for (int i = 0; i < members.Count; i++)
        {
            budget.Step();
            yield return members.At(i).Key;
        }
    }

    private static IEnumerator<JinjaValue> Counted(IEnumerator<JinjaValue> elements, RenderBudget budget)
    {
        while (elements.MoveNext())
        {
            budget.Step();
            yield return elements.Current;
        }
    }
}
