namespace Ovms.Devices;

/// <summary>
/// Reads OpenVINO's text form of properties within properties: <c>{GPU.0:{NUM_STREAMS:2,CACHE_DIR:,DEVICE_ID:0},CPU:{A:1}}</c>. Values may
/// be empty, and hold colons and further braces. Pure.
/// </summary>
internal static class NestedProperties
{
    /// <summary>Keys and values of the outermost braces. A value with braces keeps them. Text of another form has no members.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Members(string text)
    {
        string inner = text.Trim();
        if (inner is not ['{', .., '}'])
        {
            return [];
        }

        List<KeyValuePair<string, string>> members = [];
        int start = 1;
        int depth = 0;
        for (int i = 1; i < inner.Length; i++)
        {
            bool isEnd = i == inner.Length - 1;
            if (isEnd || (inner[i] == ',' && depth == 0))
            {
                Add(members, inner.AsSpan(start, i - start));
                start = i + 1;
                continue;
            }

            depth += inner[i] switch { '{' => 1, '}' => -1, _ => 0 };
        }

        return members;
    }

    // Without a colon it is the rest of a value with commas, which is not used here.
    private static void Add(List<KeyValuePair<string, string>> members, ReadOnlySpan<char> member)
    {
        int colon = member.IndexOf(':');
        if (colon > 0)
        {
            members.Add(new(member[..colon].Trim().ToString(), member[(colon + 1)..].Trim().ToString()));
        }
    }
}
