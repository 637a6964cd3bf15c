namespace Ovms.Language.Values;

/// <summary>Python's stable sort, by merging: equal elements keep their order, also when it is reversed.</summary>
internal static class PythonSort
{
    /// <summary>The places of the elements in sorted order. Types without an order fail.</summary>
    public static int[] Order(ReadOnlySpan<JinjaValue> keys, bool reverse, RenderBudget budget)
    {
        int[] order = new int[keys.Length], spare = new int[keys.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;

        for (int width = 1; width < order.Length; width *= 2)
        {
            budget.Step(order.Length);
            for (int left = 0; left < order.Length; left += 2 * width)
            {
                int middle = Math.Min(left + width, order.Length), right = Math.Min(left + (2 * width), order.Length);
                for (int a = left, b = middle, to = left; to < right; to++)
                {
                    bool isLeft = a < middle && (b >= right || !Precedes(keys[order[b]], keys[order[a]], reverse, budget));
                    spare[to] = isLeft ? order[a++] : order[b++];
                }
            }

            (order, spare) = (spare, order);
        }

        return order;
    }

    private static bool Precedes(JinjaValue a, JinjaValue b, bool reverse, RenderBudget budget)
    {
        int order = reverse ? PythonKeys.Order(b, a, budget) : PythonKeys.Order(a, b, budget);
        return order is < 0 and not int.MinValue;
    }
}
