namespace Ovms.Devices.Cpu;

/// <summary>One model's part of the <see cref="CpuBudget"/>.</summary>
/// <param name="Budget">The server's budget.</param>
/// <param name="Cpus">The number of CPUs that the model may use.</param>
/// <param name="Among">The number of models that split the budget; 1 if the model may use all.</param>
internal sealed record CpuAllotment(CpuBudget Budget, int Cpus, int Among)
{
    /// <summary>The whole budget, shared with all other models.</summary>
    public static CpuAllotment Shared(CpuBudget budget) => new(budget, budget.Cpus, 1);

    /// <summary>
    /// A model's own part, the same at every start. Each model, in the order of names, gets the same number; the first ones get one more
    /// if it does not divide evenly. No part is less than 1.
    /// </summary>
    /// <param name="budget">The budget to split.</param>
    /// <param name="models">The names of all models that run on the CPU.</param>
    /// <param name="model">One of them.</param>
    public static CpuAllotment Split(CpuBudget budget, IReadOnlyCollection<string> models, string model)
    {
        string[] all = [.. models.Append(model).Distinct().Order(StringComparer.Ordinal)];
        int extra = Array.IndexOf(all, model) < budget.Cpus % all.Length ? 1 : 0;
        return new CpuAllotment(budget, Math.Max(1, (budget.Cpus / all.Length) + extra), all.Length);
    }
}
