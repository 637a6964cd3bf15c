namespace Ovms.Devices.Cpu;

/// <summary>
/// Assigns CPUs to each model at its load, because quotas and the set of models change while the server runs. A loaded model keeps its
/// assignment until it is reloaded. Thread-safe.
/// </summary>
/// <param name="root">The folder that contains <c>/proc</c> and <c>/sys</c>.</param>
/// <param name="isSplit">Whether each model gets its own CPUs.</param>
internal sealed class CpuPlanner(string root, bool isSplit)
{
    private volatile IReadOnlyCollection<string> _models = [];
    private string _lastWarnings = "";

    /// <summary>The streams of the loaded models.</summary>
    public StreamLedger Streams { get; } = new();

    /// <summary>Sets the configured models that may run on the CPU; the CPUs are split between them.</summary>
    public void SetModels(IEnumerable<string> names) => _models = [.. names];

    /// <summary>The CPUs that a model may use now.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="warnings">Gets messages about unreadable files, unless they equal those of the last call.</param>
    public CpuAllotment Allot(string model, ICollection<string> warnings)
    {
        CpuFacts facts = CpuFactsReader.Read(root);
        string unread = string.Join('\n', facts.Warnings);
        if (Interlocked.Exchange(ref _lastWarnings, unread) != unread)
        {
            foreach (string warning in facts.Warnings)
            {
                warnings.Add(warning);
            }
        }

        CpuBudget budget = CpuBudget.From(facts);
        return isSplit ? CpuAllotment.Split(budget, _models, model) : CpuAllotment.Shared(budget);
    }
}
