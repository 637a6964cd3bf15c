using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>The result of a look at a base path on a local disk.</summary>
/// <param name="Repository">The opened repository.</param>
/// <param name="Versions">Its versions with the state of their files.</param>
internal sealed record LocalLook(ModelRepository Repository, ImmutableArray<VersionOnDisk> Versions);

/// <summary>Looks at base paths on local disks and remembers the state of the versions' files. Used by one look at a time.</summary>
/// <param name="steps">Runs the steps that read from disks.</param>
/// <param name="open">Opens a base path.</param>
internal sealed class LocalLooks(LookSteps steps, Func<string, Outcome<ModelRepository>> open)
{
    // Each model has its own watch. A thread stuck on a disk that does not answer keeps the watch, and no other thread uses it.
    private Dictionary<string, VersionWatch> _before = [];
    private Dictionary<string, VersionWatch> _now = [];

    /// <summary>Begins a look. State that the look does not ask for is dropped at the next one.</summary>
    public void BeginLook() => (_before, _now) = (_now, []);

    /// <summary>Looks at one model's base path.</summary>
    /// <returns>The versions, or why they cannot be read, for example because the disk does not answer.</returns>
    public Outcome<LocalLook> Look(string model, string basePath)
    {
        string key = $"{model}\n{basePath}";
        VersionWatch watch = _before.GetValueOrDefault(key) ?? new VersionWatch();
        _now[key] = watch;
        return steps.TryRun(key, () => Look(basePath, watch), out Outcome<LocalLook> seen)
            ? seen
            : Outcome.Fail(
                StatusCode.PathInvalid,
                $"{basePath} was not read within {steps.Limit.TotalSeconds:0.###} s: its disk does not answer. "
                    + "It is looked at again when it does.");
    }

    private Outcome<LocalLook> Look(string basePath, VersionWatch watch)
    {
        watch.BeginLook();
        Outcome<ModelRepository> opened = open(basePath);
        return opened.IsOk ? new LocalLook(opened.Value, [.. opened.Value.Versions.Select(watch.Look)]) : opened.WithoutValue;
    }
}
