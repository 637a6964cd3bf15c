using System.Buffers;
using System.Diagnostics;

namespace Ovms.Frontends.Rest;

/// <summary>
/// Checks that arrays of arrays are a tensor: at each level all arrays are equally long, and hold either arrays or elements. Works on
/// text that was already read as arrays of scalars.
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

    /// <summary>The end of a sentence about what is ragged; null when nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<byte> json)
    {
        // Flat, as most clients send it: one bracket opens, at the start.
        if (json.LastIndexOf((byte)'[') <= 0)
        {
            return null;
        }

        Span<long> lengths = stackalloc long[JsonFault.MaxDepth + 1];
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
                        return Mixed(depth);
                    }

                    counts[++depth] = 0;
                    at++;
                    break;
                case (byte)']':
                    if (lengths[depth] == Unknown)
                    {
                        lengths[depth] = counts[depth];
                    }
                    else if (lengths[depth] != counts[depth])
                    {
                        return $"the arrays are ragged; Expected: {lengths[depth]} values in each array of level {depth}, as in the first; Actual: {counts[depth]}";
                    }

                    depth--;
                    at++;
                    break;
                case (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    at++;
                    break;
                default:
                    if (!Count(Items.Elements, ref counts[depth], ref items[depth]))
                    {
                        return Mixed(depth);
                    }

                    at += json[at] == (byte)'"' ? StringLength(json[at..]) : ScalarLength(json[at..]);
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

    private static string Mixed(int depth) => $"the arrays of level {depth} hold arrays and single values; Expected: one of both throughout";

    private static int ScalarLength(ReadOnlySpan<byte> json)
    {
        int end = json.IndexOfAny(s_endOfScalar);
        return end < 0 ? json.Length : end;
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
