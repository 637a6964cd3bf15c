using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>What an incremental generator owes the editor: no work when nothing changed, no compilation kept alive.</summary>
internal static class Caching
{
    /// <summary>A second run on a clone recomputes none of the steps, and no step's output holds what must not be cached.</summary>
    public static async Task IsKept(GeneratorRun run, params string[] steps)
    {
        GeneratorRun second = run.Again();
        foreach (string step in steps)
        {
            await Assert.That(second.Result.TrackedSteps.ContainsKey(step)).IsTrue().Because($"step {step} must be tracked");
            IncrementalStepRunReason[] reasons = second.Reasons(step).ToArray();
            await Assert.That(reasons).IsNotEmpty().Because($"step {step} must have an output");
            await Assert.That(reasons.All(static r => r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)).IsTrue()
                .Because($"step {step} gave {string.Join(", ", reasons)}");

            foreach (object output in run.Result.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static o => o.Value))
            {
                HoldsNoCompilation(output, step, new HashSet<object>(ReferenceEqualityComparer.Instance));
            }
        }

        IEnumerable<IncrementalStepRunReason> outputs = second.Result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason);
        await Assert.That(outputs.All(static r => r == IncrementalStepRunReason.Cached)).IsTrue();
    }

    /// <summary>Walks everything reachable from a step's output.</summary>
    public static void HoldsNoCompilation(object? value, string path, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value))
        {
            return;
        }

        Type type = value.GetType();
        if (value is Compilation or ISymbol or SyntaxNode or SyntaxTree or SemanticModel or Location or AttributeData)
        {
            throw new InvalidOperationException($"{path} holds a {type.Name}, which keeps a compilation alive");
        }

        // Descriptors are static data; strings and numbers end the walk.
        if (type.IsPrimitive || type.IsEnum || value is string or DiagnosticDescriptor)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                HoldsNoCompilation(item, path + "[]", seen);
            }
        }

        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            HoldsNoCompilation(field.GetValue(value), $"{path}.{field.Name}", seen);
        }
    }
}
