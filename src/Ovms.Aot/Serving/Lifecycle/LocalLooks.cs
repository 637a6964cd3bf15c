using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What one look found at a base path on a local disk.</summary>
/// <param name="Repository">The versions.</param>
/// <param name="Versions">The same with how they look.</param>
internal sealed record LocalLook(ModelRepository Repository, ImmutableArray<VersionOnDisk> Versions);

/// <summary>Looks at base paths on local disks and remembers how the versions looked. Used by one look at a time.</summary>
/// <param name="steps">Runs what reads from disks.</param>
/// <param name="open">Opens a base path.</param>
internal sealed class LocalLooks(LookSteps steps, Func<string, Outcome<ModelRepository>> open)
{
    // A watch belongs to one model: while a disk does not answer, the thread that waits for it holds the watch and no other uses it.
    private Dictionary<string, VersionWatch> _before = [];
    private Dictionary<string, VersionWatch> _now = [];

    /// <summary>Begins a look; what is not asked for until the next one is forgotten.</summary>
    public void BeginLook() => (_before, _now) = (_now, []);

    /// <summary>Looks at one model's base path.</summary>
    /// <returns>What is there; or what stands against it, also: the disk does not answer.</returns>
    public Outcome<LocalLook> Look(string model, string basePath)
    {
        string key = $"{model}\n{basePath}";
        VersionWatch watch = _before.GetValueOrDefault(key) ?? new VersionWatch();
        _now[key] = watch;
        return steps.TryRun(key, () => Look(basePath, watch), out Outcome<LocalLook> seen)
            ? seen
            : Outcome.Fail(
                StatusCode.PathInvalid,
                $"{basePath} was not read within {steps.Limit.TotalSeconds:0.###} s: its disk does not answer. It is looked at again when it does.");
    }

    private Outcome<LocalLook> Look(string basePath, VersionWatch watch)
    {
        watch.BeginLook();
        Outcome<ModelRepository> opened = open(basePath);
        return opened.IsOk ? new LocalLook(opened.Value, [.. opened.Value.Versions.Select(watch.Look)]) : opened.WithoutValue;
    }
}
