namespace Ovms.Devices.Cpu;

/// <summary>
/// Says for each model that is loaded what it may use of the CPUs. Asked at each load, because quotas and the set of models change while
/// the server runs: what is loaded already keeps to what it was told until it is loaded again. Thread-safe.
/// </summary>
/// <param name="root">The folder under which <c>/proc</c> and <c>/sys</c> are.</param>
/// <param name="isSplit">Whether each model gets CPUs of its own.</param>
internal sealed class CpuPlanner(string root, bool isSplit)
{
    private volatile IReadOnlyCollection<string> _models = [];
    private string _told = "";

    /// <summary>The streams of what is loaded.</summary>
    public StreamLedger Streams { get; } = new();

    /// <summary>Names the models that are configured and may run on the CPU; CPUs are split between them.</summary>
    public void SetModels(IEnumerable<string> names) => _models = [.. names];

    /// <summary>What a model may use now.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="warnings">Gets what could not be read, unless it was told the last time.</param>
    public CpuAllotment Allot(string model, ICollection<string> warnings)
    {
        CpuFacts facts = CpuFactsReader.Read(root);
        string unread = string.Join('\n', facts.Warnings);
        if (Interlocked.Exchange(ref _told, unread) != unread)
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
