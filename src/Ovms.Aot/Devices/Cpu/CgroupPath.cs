using System.Text;

namespace Ovms.Devices.Cpu;

/// <summary>Locates the files of this process's control groups: where each hierarchy is mounted, and the process's place in it.</summary>
internal static class CgroupPath
{
    /// <summary>
    /// The folders of a controller, from the process's own group up to the highest visible one; empty if the hierarchy is not mounted. In
    /// a container without its own cgroup namespace the mount shows only part of the tree, and the process's path begins with that part.
    /// Pure.
    /// </summary>
    /// <param name="mounts">The lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="groups">The lines of <c>/proc/self/cgroup</c>.</param>
    /// <param name="controller">A controller of cgroup v1: <c>cpu</c>; empty for the single tree of v2.</param>
    public static IReadOnlyList<string> Levels(IEnumerable<string> mounts, IEnumerable<string> groups, string controller)
    {
        string? group = groups.Select(static line => line.Split(':', 3))
            .FirstOrDefault(parts => parts.Length == 3 && parts[1].Split(',').Contains(controller))?[2];
        if (group is null)
        {
            return [];
        }

        (string Root, string Point)[] found = [.. mounts.Select(line => Mount(line, controller)).OfType<(string, string)>()];
        if (found.Length == 0)
        {
            return [];
        }

        (string root, string point) = found.FirstOrDefault(mount => Below(group, mount.Root) is not null, found[0]);
        string below = Below(group, root) ?? "";
        List<string> levels = [];
        for (string[] names = below.Split('/', StringSplitOptions.RemoveEmptyEntries); ; names = names[..^1])
        {
            levels.Add(names.Length == 0 ? point : $"{point}/{string.Join('/', names)}");
            if (names.Length == 0)
            {
                return levels;
            }
        }
    }

    // A path that leaves the visible tree cannot be followed.
    private static string? Below(string group, string root)
    {
        if (group.Split('/').Contains(".."))
        {
            return null;
        }

        string start = root.TrimEnd('/');
        return group == root || group == start ? ""
            : group.StartsWith(start + "/", StringComparison.Ordinal) ? group[start.Length..]
            : null;
    }

    // 36 35 98:0 /root /mount/point options [more] - type source options
    private static (string Root, string Point)? Mount(string line, string controller)
    {
        string[] halves = line.Split(" - ", 2);
        string[] left = halves[0].Split(' ');
        string[] right = halves.Length == 2 ? halves[1].Split(' ') : [];
        if (left.Length < 5 || right.Length < 3)
        {
            return null;
        }

        bool isIt = controller.Length == 0 ? right[0] == "cgroup2" : right[0] == "cgroup" && right[2].Split(',').Contains(controller);
        return isIt ? (Unescape(left[3]), Unescape(left[4]).TrimEnd('/')) : null;
    }

    // The kernel writes space, tab, newline and backslash as a backslash and three octal digits.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
