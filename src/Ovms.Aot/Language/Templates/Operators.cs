using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's operators for all types.</summary>
internal static class Operators
{
    /// <summary>Compares two values.</summary>
    /// <param name="sign">One of == != &lt; &lt;= &gt; &gt;= in, not in.</param>
    public static bool Compare(string sign, JinjaValue left, JinjaValue right, Renderer renderer)
    {
        switch (sign)
        {
            case "==":
                return PythonKeys.AreEqual(left, right, renderer.Budget);
            case "!=":
                return !PythonKeys.AreEqual(left, right, renderer.Budget);
            case "in":
                return Contains(right, left, renderer);
            case "not in":
                return !Contains(right, left, renderer);
        }

        int order = PythonKeys.Order(left, right, renderer.Budget, sign);
        return order != int.MinValue && sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>Computes <c>left sign right</c>.</summary>
    /// <param name="sign">One of + - * / // % **.</param>
    public static JinjaValue Compute(string sign, JinjaValue left, JinjaValue right, Renderer renderer)
    {
        if (left.IsNumber && right.IsNumber)
        {
            if (left.Kind == JinjaKind.BigInt || right.Kind == JinjaKind.BigInt || sign == "**")
                renderer.Budget.Step(PythonNumbers.Steps(left) * PythonNumbers.Steps(right));

            return PythonNumbers.Compute(sign, left, right);
        }

        switch (sign)
        {
            case "+" when left.IsText && right.IsText:
                return Join(left, right, renderer.Budget);
            case "+" when left.Kind == right.Kind && left.Kind is JinjaKind.List or JinjaKind.Tuple && right.Kind == left.Kind:
                renderer.Budget.Step((long)left.Items.Count + right.Items.Count);
                JinjaList joined = new([.. left.Items.Span, .. right.Items.Span]);
                return left.Kind == JinjaKind.List ? JinjaValue.List(joined) : JinjaValue.Tuple(joined);
            case "*" when right.IsInteger && (left.IsText || left.Kind is JinjaKind.List or JinjaKind.Tuple):
                return Repeat(left, right, renderer.Budget);
            case "*" when left.IsInteger && (right.IsText || right.Kind is JinjaKind.List or JinjaKind.Tuple):
                return Repeat(right, left, renderer.Budget);
            case "%" when left.IsText:
                return PercentFormat.Apply(left, right, renderer);
        }

        if (left.IsUndefined || right.IsUndefined)
            throw (left.IsUndefined ? left : right).Origin.Fault();

        throw PythonFault.Type((sign, left.IsText) switch
        {
            ("+", true) => $"can only concatenate str (not \"{right.TypeName}\") to str",
            _ => $"unsupported operand type(s) for {sign}: '{left.TypeName}' and '{right.TypeName}'",
        });
    }

    /// <summary>Python's <c>in</c>.</summary>
    public static bool Contains(JinjaValue container, JinjaValue item, Renderer renderer)
    {
        switch (container.Kind)
        {
            case JinjaKind.String or JinjaKind.Markup:
                if (!item.IsText)
                    throw PythonFault.Type($"'in <string>' requires string as left operand, not {item.TypeName}");
                renderer.Budget.Text(Math.Min(container.Text.Length, renderer.Budget.Characters));
                return TextSearch.Find(container.Text, item.Text) >= 0;
            case JinjaKind.Dict:
                PythonKeys.CheckKey(item, 0);
                return container.Members.TryGet(item, out _);
            case JinjaKind.List or JinjaKind.Tuple:
                renderer.Budget.Step(container.Items.Count);
                foreach (JinjaValue element in container.Items.Span)
                {
                    if (PythonKeys.AreEqual(element, item, renderer.Budget))
                        return true;
                }

                return false;
            case JinjaKind.Object when container.Object is RangeObject range:
                return range.Contains(item);
        }

        using IEnumerator<JinjaValue> each = Iteration.Of(container, renderer.Budget)
            ?? throw PythonFault.Type($"argument of type '{container.TypeName}' is not iterable");
        while (each.MoveNext())
        {
            if (PythonKeys.AreEqual(each.Current, item, renderer.Budget))
                return true;
        }

        return false;
    }

    // A marked text escapes the other one.
    private static JinjaValue Join(JinjaValue left, JinjaValue right, RenderBudget budget)
    {
        bool marked = left.Kind == JinjaKind.Markup || right.Kind == JinjaKind.Markup;
        string a = marked && left.Kind == JinjaKind.String ? PythonStrings.Escape(left.Text, budget) : left.Text;
        string b = marked && right.Kind == JinjaKind.String ? PythonStrings.Escape(right.Text, budget) : right.Text;
        budget.Text((long)a.Length + b.Length);
        return marked ? JinjaValue.Markup(a + b) : a + b;
    }

    private static JinjaValue Repeat(JinjaValue value, JinjaValue times, RenderBudget budget)
    {
        if (value.IsText)
            return JinjaValue.Like(value, PythonStrings.Repeat(value.Text, times, budget));

        if (times.Kind == JinjaKind.BigInt && times.Big.Sign > 0)
            throw new PythonFault("OverflowError", "cannot fit 'int' into an index-sized integer");

        long count = times.Kind == JinjaKind.BigInt ? 0 : Math.Max(0, times.Long);
        int length = value.Items.Count;
        if (length == 0)
            count = 0;

        budget.Step(count > int.MaxValue ? long.MaxValue / 2 : count * length);
        JinjaValue[] items = new JinjaValue[count * length];
        for (int i = 0; i < items.Length; i++)
            items[i] = value.Items[i % length];

        return value.Kind == JinjaKind.List ? JinjaValue.List(items) : JinjaValue.Tuple(items);
    }
}
