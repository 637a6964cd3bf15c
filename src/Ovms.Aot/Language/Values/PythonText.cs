using System.Globalization;

namespace Ovms.Language.Values;

/// <summary>How values print: Python's <c>str</c> and <c>repr</c>.</summary>
internal static class PythonText
{
    private const int DepthLimit = 200;

    /// <summary>Python's <c>str</c>.</summary>
    public static string Str(JinjaValue value, RenderBudget budget) => value.Kind switch
    {
        JinjaKind.String or JinjaKind.Markup => value.Text,
        JinjaKind.Undefined => "",
        _ => Repr(value, budget),
    };

    /// <summary>Python's <c>repr</c>.</summary>
    public static string Repr(JinjaValue value, RenderBudget budget, int depth = 0)
    {
        switch (value.Kind)
        {
            case JinjaKind.None:
                return "None";
            case JinjaKind.Bool:
                return value.Long != 0 ? "True" : "False";
            case JinjaKind.Int:
                return value.Long.ToString(CultureInfo.InvariantCulture);
            case JinjaKind.BigInt:
                budget.Step(PythonNumbers.Steps(value) * 4);
                return PythonNumbers.Text(value.Big);
            case JinjaKind.Float:
                return PythonNumbers.Text(value.Double);
            default:
                TextBuffer text = budget.Scratch;
                int start = text.Length;
                Append(text, value, budget, depth);
                return text.Take(start);
        }
    }

    /// <summary>Appends Python's <c>str</c> of the value.</summary>
    public static void AppendStr(TextBuffer text, JinjaValue value, RenderBudget budget)
    {
        if (value.IsText)
            text.Append(value.Text);
        else if (!value.IsUndefined)
            Append(text, value, budget, 0);
    }

    /// <summary>A text in quotes as Python writes it.</summary>
    /// <param name="ascii">Whether all characters beyond ASCII are escaped.</param>
    public static void Quote(TextBuffer text, string value, bool ascii = false)
    {
        char quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        for (int at = 0; at < value.Length;)
        {
            int point = CodePoints.At(value, at, out int units);
            if (point == quote || point == '\\')
            {
                text.Append('\\');
                text.Append((char)point);
            }
            else if (point is '\n' or '\r' or '\t')
            {
                text.Append(point == '\n' ? "\\n" : point == '\r' ? "\\r" : "\\t");
            }
            else if (CodePoints.IsPrintable(point) && (!ascii || point < 0x80))
            {
                text.Append(value.AsSpan(at, units));
            }
            else
            {
                text.Append(point < 0x100 ? $"\\x{point:x2}" : point < 0x10000 ? $"\\u{point:x4}" : $"\\U{point:x8}");
            }

            at += units;
        }

        text.Append(quote);
    }

    private static void Append(TextBuffer text, JinjaValue value, RenderBudget budget, int depth)
    {
        if (depth > DepthLimit)
            throw PythonFault.TooMuch($"a value of more than {DepthLimit} levels");

        budget.Step();
        switch (value.Kind)
        {
            case JinjaKind.String:
                Quote(text, value.Text);
                break;
            case JinjaKind.Markup:
                text.Append("Markup(");
                Quote(text, value.Text);
                text.Append(')');
                break;
            case JinjaKind.List or JinjaKind.Tuple:
                text.Append(value.Kind == JinjaKind.List ? '[' : '(');
                for (int i = 0; i < value.Items.Count; i++)
                {
                    if (i > 0)
                        text.Append(", ");
                    Append(text, value.Items[i], budget, depth + 1);
                }

                if (value.Kind == JinjaKind.Tuple && value.Items.Count == 1)
                    text.Append(',');
                text.Append(value.Kind == JinjaKind.List ? ']' : ')');
                break;
            case JinjaKind.Dict:
                AppendDict(text, value.Members, budget, depth);
                break;
            case JinjaKind.Object:
                text.Append(value.Object.Represent(budget, depth + 1));
                break;
            case JinjaKind.Undefined:
                text.Append("Undefined");
                break;
            default:
                text.Append(Repr(value, budget));
                break;
        }
    }

    private static void AppendDict(TextBuffer text, JinjaDict members, RenderBudget budget, int depth)
    {
        text.Append('{');
        for (int i = 0; i < members.Count; i++)
        {
            (JinjaValue key, JinjaValue member) = members.At(i);
            if (i > 0)
                text.Append(", ");
            Append(text, key, budget, depth + 1);
            text.Append(": ");
            Append(text, member, budget, depth + 1);
        }

        text.Append('}');
    }
}
