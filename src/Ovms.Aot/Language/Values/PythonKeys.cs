namespace Ovms.Language.Values;

/// <summary>Equality, order and hashes as Python has them: 1 == 1.0 == True, and texts compare by code point.</summary>
internal static class PythonKeys
{
    private const int DepthLimit = 200;

    /// <summary>Compares keys of dicts. Lists and dicts have no hash and fail.</summary>
    public static IEqualityComparer<JinjaValue> Comparer { get; } = new KeyComparer();

    /// <summary>Python's <c>==</c>.</summary>
    public static bool AreEqual(JinjaValue a, JinjaValue b, RenderBudget? budget, int depth = 0)
    {
        if (a.IsText)
            return b.IsText && a.Text == b.Text;

        if (a.IsNumber)
            return b.IsNumber && PythonNumbers.Compare(a, b) == 0;

        if (a.Kind != b.Kind)
            return false;

        switch (a.Kind)
        {
            case JinjaKind.List or JinjaKind.Tuple:
                Deeper(budget, a.Items.Count, depth);
                if (a.Items.Count != b.Items.Count)
                    return false;

                for (int i = 0; i < a.Items.Count; i++)
                {
                    if (!a.Items[i].IsSame(b.Items[i]) && !AreEqual(a.Items[i], b.Items[i], budget, depth + 1))
                        return false;
                }

                return true;
            case JinjaKind.Dict:
                Deeper(budget, a.Members.Count, depth);
                if (a.Members.Count != b.Members.Count)
                    return false;

                for (int i = 0; i < a.Members.Count; i++)
                {
                    (JinjaValue key, JinjaValue value) = a.Members.At(i);
                    if (!b.Members.TryGet(key, out JinjaValue other)
                        || (!value.IsSame(other) && !AreEqual(value, other, budget, depth + 1)))
                    {
                        return false;
                    }
                }

                return true;
            case JinjaKind.Object:
                return a.Object.Equals(b.Object);
            default:
                return true;
        }
    }

    /// <summary>Python's order: negative, zero or positive; unordered (NaN) is <see cref="int.MinValue"/>. Other types fail.</summary>
    /// <param name="sign">The operator, for the error.</param>
    public static int Order(JinjaValue a, JinjaValue b, RenderBudget budget, string sign = "<", int depth = 0)
    {
        if (a.IsText && b.IsText)
            return CodePoints.Compare(a.Text, b.Text);

        if (a.IsNumber && b.IsNumber)
            return PythonNumbers.Compare(a, b);

        if (a.Kind == b.Kind && a.Kind is JinjaKind.List or JinjaKind.Tuple && b.Kind == a.Kind)
        {
            int common = Math.Min(a.Items.Count, b.Items.Count);
            Deeper(budget, common, depth);
            for (int i = 0; i < common; i++)
            {
                if (!AreEqual(a.Items[i], b.Items[i], budget, depth + 1))
                    return Order(a.Items[i], b.Items[i], budget, sign, depth + 1);
            }

            return a.Items.Count.CompareTo(b.Items.Count);
        }

        throw PythonFault.Misused(a.IsUndefined ? a : b, $"'{sign}' not supported between instances of '{a.TypeName}' and '{b.TypeName}'");
    }

    /// <summary>Fails unless the value can be a key.</summary>
    public static void CheckKey(JinjaValue key, int depth)
    {
        if (key.Kind is JinjaKind.List or JinjaKind.Dict || depth > DepthLimit)
            throw PythonFault.Type($"unhashable type: '{key.TypeName}'");

        if (key.Kind == JinjaKind.Tuple)
        {
            foreach (JinjaValue item in key.Items.Span)
                CheckKey(item, depth + 1);
        }
    }

    private static void Deeper(RenderBudget? budget, int count, int depth)
    {
        budget?.Step(count);
        if (depth > DepthLimit)
            throw PythonFault.TooMuch($"a value of more than {DepthLimit} levels");
    }

    private static int Hash(JinjaValue value, int depth)
    {
        switch (value.Kind)
        {
            case JinjaKind.String or JinjaKind.Markup:
                return value.Text.GetHashCode();
            case JinjaKind.Bool or JinjaKind.Int:
                return value.Long.GetHashCode();
            case JinjaKind.Float:
                double number = value.Double;
                return Math.Truncate(number) == number && Math.Abs(number) < 9e18 ? ((long)number).GetHashCode() : number.GetHashCode();
            case JinjaKind.BigInt:
                return ((double)value.Big).GetHashCode();
            case JinjaKind.Tuple when depth <= DepthLimit:
                HashCode hash = default;
                foreach (JinjaValue item in value.Items.Span)
                    hash.Add(Hash(item, depth + 1));
                return hash.ToHashCode();
            case JinjaKind.List or JinjaKind.Dict or JinjaKind.Tuple:
                throw PythonFault.Type($"unhashable type: '{value.TypeName}'");
            case JinjaKind.Object:
                return value.Object.GetHashCode();
            default:
                return (int)value.Kind;
        }
    }

    private sealed class KeyComparer : IEqualityComparer<JinjaValue>
    {
        public bool Equals(JinjaValue x, JinjaValue y) => AreEqual(x, y, null);

        public int GetHashCode(JinjaValue obj) => Hash(obj, 0);
    }
}
