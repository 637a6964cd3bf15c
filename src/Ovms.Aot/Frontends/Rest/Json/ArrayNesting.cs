using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ovms.Frontends.Rest.Json;

/// <summary>
/// Checks that nested arrays form a tensor: at each level all arrays have the same length and hold either arrays or elements. The text
/// must already be known to be arrays of scalars.
/// </summary>
internal static class ArrayNesting
{
    private const int Unknown = -1;

    private static readonly SearchValues<byte> s_endOfScalar = SearchValues.Create(",] \t\r\n"u8);

    private enum Items : byte
    {
        Unknown,
        Arrays,
        Elements,
    }

    /// <summary>Returns what is ragged, as the end of a sentence; null if nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<byte> json)
    {
        // A flat array, as most clients send: the only bracket is at the start.
        return json.LastIndexOf((byte)'[') <= 0 ? null : Measure(json, stackalloc long[JsonFault.MaxDepth + 1], out _);
    }

    /// <summary>Finds the shape of a tensor.</summary>
    /// <param name="json">A scalar, or arrays of scalars; an object without nested objects counts as a scalar.</param>
    /// <param name="lengths">Receives the array length of each level, from index 1 on; must have room for all levels.</param>
    /// <param name="rank">The number of levels.</param>
    /// <returns>What is ragged, as the end of a sentence; null if nothing is.</returns>
    public static string? Measure(ReadOnlySpan<byte> json, Span<long> lengths, out int rank)
    {
        rank = 0;
        Span<long> counts = stackalloc long[JsonFault.MaxDepth + 1];
        Span<Items> items = stackalloc Items[JsonFault.MaxDepth + 1];
        lengths.Fill(Unknown);
        items.Clear();
        int depth = 0;
        int at = 0;
        while (at < json.Length)
        {
            switch (json[at])
            {
                case (byte)'[':
                    if (depth > 0 && !Count(Items.Arrays, ref counts[depth], ref items[depth]))
                    {
                        return Mixed(depth, counts);
                    }

                    counts[++depth] = 0;
                    rank = Math.Max(rank, depth);
                    at++;
                    break;
                case (byte)']':
                    if (lengths[depth] == Unknown)
                    {
                        lengths[depth] = counts[depth];
                    }
                    else if (lengths[depth] != counts[depth])
                    {
                        return $"the arrays are ragged; Expected: {lengths[depth]} values in each array of level {depth}, "
                            + "as in the first; "
                            + $"Actual: {counts[depth]}{Place(depth, counts)}";
                    }

                    depth--;
                    at++;
                    break;
                case (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    at++;
                    break;
                default:
                    if (depth > 0 && !Count(Items.Elements, ref counts[depth], ref items[depth]))
                    {
                        return Mixed(depth, counts);
                    }

                    at += json[at] switch
                    {
                        (byte)'"' => StringLength(json[at..]),
                        (byte)'{' => ObjectLength(json[at..]),
                        _ => ScalarLength(json[at..]),
                    };
                    break;
            }
        }

        Debug.Assert(depth == 0, "The text was read as JSON before.");
        return null;
    }

    private static bool Count(Items kind, ref long count, ref Items items)
    {
        count++;
        items = items == Items.Unknown ? kind : items;
        return items == kind;
    }

    private static string Mixed(int depth, ReadOnlySpan<long> counts) =>
        $"the arrays of level {depth} hold arrays and single values; Expected: one of both throughout{Place(depth, counts)}";

    // Where the faulty array is: its index in each of the arrays around it.
    private static string Place(int depth, ReadOnlySpan<long> counts)
    {
        StringBuilder place = new();
        for (int level = 1; level < depth; level++)
        {
            place.Append(place.Length == 0 ? "; at " : "").Append(CultureInfo.InvariantCulture, $"[{counts[level] - 1}]");
        }

        return place.ToString();
    }

    private static int ScalarLength(ReadOnlySpan<byte> json)
    {
        int end = json.IndexOfAny(s_endOfScalar);
        return end < 0 ? json.Length : end;
    }

    private static int ObjectLength(ReadOnlySpan<byte> json)
    {
        int at = 1;
        while (json[at] != (byte)'}')
        {
            at += json[at] == (byte)'"' ? StringLength(json[at..]) : 1;
        }

        return at + 1;
    }

    private static int StringLength(ReadOnlySpan<byte> json)
    {
        int at = 1;
        while (json[at] != (byte)'"')
        {
            at += json[at] == (byte)'\\' ? 2 : Math.Max(json[at..].IndexOfAny((byte)'"', (byte)'\\'), 1);
        }

        return at + 1;
    }
}
