using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>A file of a remote version.</summary>
/// <param name="Name">Path relative to the version's folder, with slashes; safe to use on disk.</param>
/// <param name="Object">The object in the store.</param>
internal sealed record RemoteFile(string Name, RemoteObject Object);

/// <summary>A version in an object store.</summary>
/// <param name="Version">The version number.</param>
/// <param name="Files">Sorted by name; at least one.</param>
/// <param name="Fingerprint">Changes when a file is added, removed or rewritten.</param>
internal sealed record RemoteVersion(long Version, ImmutableArray<RemoteFile> Files, string Fingerprint)
{
    /// <summary>Sum of all sizes.</summary>
    public long Bytes => Files.Sum(static file => file.Object.Size);
}

/// <summary>The versions below a base path in an object store, computed from a list of objects.</summary>
/// <param name="Path">The base path.</param>
/// <param name="Versions">At least one, ascending.</param>
/// <param name="Warnings">Sentences about what was left out.</param>
internal sealed record RemoteListing(RemotePath Path, ImmutableArray<RemoteVersion> Versions, ImmutableArray<string> Warnings)
{
    /// <summary>Limit of files of one version.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>Sorts objects into versions.</summary>
    /// <param name="path">The base path.</param>
    /// <param name="objects">All objects whose keys begin with <see cref="RemotePath.Prefix"/>.</param>
    public static Outcome<RemoteListing> Of(RemotePath path, IEnumerable<RemoteObject> objects)
    {
        string folder = path.ModelFile is null ? path.Prefix : path.Prefix[..(path.Prefix.LastIndexOf('/') + 1)];
        Dictionary<string, List<RemoteFile>> folders = new(StringComparer.Ordinal);
        SortedSet<string> unsafeKeys = new(StringComparer.Ordinal);
        foreach (RemoteObject item in objects.OrderBy(static item => item.Key, StringComparer.Ordinal))
        {
            // A key that ends in a slash is only a folder marker for tools that show trees.
            string relative = item.Key.StartsWith(folder, StringComparison.Ordinal) ? item.Key[folder.Length..] : "";
            if (relative.Length == 0 || relative.EndsWith('/'))
            {
                continue;
            }

            if (!RemotePath.IsSafeName(relative) || item.Size < 0)
            {
                unsafeKeys.Add(Shown.Bounded(item.Key));
                continue;
            }

            int slash = relative.IndexOf('/');
            (string top, string name) = slash < 0 ? ("", relative) : (relative[..slash], relative[(slash + 1)..]);
            (folders.TryGetValue(top, out List<RemoteFile>? files) ? files : folders[top] = []).Add(new RemoteFile(name, item));
        }

        return Sort(path, folders, unsafeKeys);
    }

    private static Outcome<RemoteListing> Sort(RemotePath path, Dictionary<string, List<RemoteFile>> folders, SortedSet<string> unsafeKeys)
    {
        List<string> warnings = [];
        if (unsafeKeys.Count > 0)
        {
            string refused = $"{Listing.Of(unsafeKeys)} {(unsafeKeys.Count == 1 ? "is" : "are")} refused";
            warnings.Add($"In {path}, {refused}: such a name could lie outside of the model's folder.");
        }

        SortedDictionary<long, (string Name, List<RemoteFile> Files)> versions = [];
        List<string> strange = [];
        IEnumerable<KeyValuePair<string, List<RemoteFile>>> subfolders = folders.Where(static pair => pair.Key.Length > 0);
        foreach ((string name, List<RemoteFile> files) in subfolders.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            bool isNumber = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long version) && version > 0;
            if (path.ModelFile is not null || !isNumber)
            {
                strange.Add(name);
            }
            else if (!versions.TryAdd(version, (name, files)))
            {
                warnings.Add($"Folder {path}/{name} is left out: {path}/{versions[version].Name} is version {version} already.");
            }
        }

        if (versions.Count == 0 && folders.TryGetValue("", out List<RemoteFile>? direct) && direct.Any(file => IsMain(path, file.Name)))
        {
            // Deeper files belong to the model too, such as the variables of a SavedModel.
            IEnumerable<RemoteFile> deeper =
                subfolders.SelectMany(static pair => pair.Value.Select(file => file with { Name = $"{pair.Key}/{file.Name}" }));
            versions.Add(1, ("", [.. direct, .. deeper]));
            strange.Clear();
        }

        string[] shownStrange = [.. strange.Where(static name => !name.StartsWith('.'))];
        if (versions.Count > 0 && shownStrange.Length > 0)
        {
            string leftOut = $"{Listing.Of(shownStrange)} {(shownStrange.Length == 1 ? "is" : "are")} left out";
            warnings.Add($"In {path}, {leftOut}: version folders are named by a number from 1.");
        }

        if (versions.Count == 0)
        {
            IEnumerable<string> names = folders.GetValueOrDefault("", []).Select(static file => file.Name);
            string[] there = [.. strange.Select(static name => name + "/"), .. names];
            string left = warnings.Count == 0 ? "" : " " + string.Join(' ', warnings);
            return Outcome.Fail(
                StatusCode.NoModelVersionAvailable,
                $"{path} has no version above 0 (a folder 1, 2, …) and no model file ({ModelFormats.AllPatterns}); "
                + $"it holds {Listing.Of(there)}.{left} Put the model's files under {path}/1/.");
        }

        return versions.FirstOrDefault(static pair => pair.Value.Files.Count > MaxFiles) is { Key: > 0 } large
            ? Outcome.Fail(
                StatusCode.PathInvalid,
                $"{path}: version {large.Key} has {large.Value.Files.Count} files; at most {MaxFiles} are fetched. "
                + "Keep what is not the model elsewhere.")
            : new RemoteListing(path, [.. versions.Select(static pair => Describe(pair.Key, pair.Value.Files))], [.. warnings]);
    }

    private static bool IsMain(RemotePath path, string name) =>
        path.ModelFile is null ? ModelFormats.OfFile(name) is not null : name == path.ModelFile;

    private static RemoteVersion Describe(long version, List<RemoteFile> files)
    {
        // A name cannot be a file and a folder on disk; stores that have folders list them as empty files.
        HashSet<string> parents = [.. files.SelectMany(static file => ParentsOf(file.Name))];
        IEnumerable<RemoteFile> real = files.Where(file => !parents.Contains(file.Name));
        ImmutableArray<RemoteFile> ordered = [.. real.OrderBy(static file => file.Name, StringComparer.Ordinal)];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RemoteFile file in ordered)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{file.Name}\n{file.Object.Size}\n{file.Object.ETag}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return new RemoteVersion(version, ordered, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static IEnumerable<string> ParentsOf(string name)
    {
        for (int slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }
}
