namespace Ovms.Devices.Cpu;

/// <summary>What one model may use of the <see cref="CpuBudget"/>.</summary>
/// <param name="Budget">The server's.</param>
/// <param name="Cpus">The model's.</param>
/// <param name="Among">How many models it was split between; 1 where the model may use all.</param>
internal sealed record CpuAllotment(CpuBudget Budget, int Cpus, int Among)
{
    /// <summary>All of it, beside whoever else uses it.</summary>
    public static CpuAllotment Shared(CpuBudget budget) => new(budget, budget.Cpus, 1);

    /// <summary>
    /// A model's own part, the same at every start: models in the order of their names, each the same number, the first ones one more
    /// where it does not divide evenly; none less than 1.
    /// </summary>
    /// <param name="budget">What is split.</param>
    /// <param name="models">The names of all models that run on the CPU.</param>
    /// <param name="model">One of them.</param>
    public static CpuAllotment Split(CpuBudget budget, IReadOnlyCollection<string> models, string model)
    {
        string[] all = [.. models.Append(model).Distinct().Order(StringComparer.Ordinal)];
        int extra = Array.IndexOf(all, model) < budget.Cpus % all.Length ? 1 : 0;
        return new CpuAllotment(budget, Math.Max(1, (budget.Cpus / all.Length) + extra), all.Length);
    }
}
