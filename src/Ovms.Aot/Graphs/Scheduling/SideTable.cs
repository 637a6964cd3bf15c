using System.Diagnostics;
using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The side packets of a running graph: those of the caller, then those that nodes set when they are opened.</summary>
/// <param name="plan">The plan.</param>
internal sealed class SideTable(GraphPlan plan)
{
    private readonly object?[] _values = new object?[plan.SideCount];

    /// <summary>A value; null if it is not there.</summary>
    public object? this[int place] => _values[place];

    /// <summary>Takes the caller's values with their references.</summary>
    public void Start(object?[] values) => values.CopyTo(_values, 0);

    /// <summary>Sets the value of a node; takes its reference.</summary>
    public void Set(int place, object value)
    {
        Debug.Assert(_values[place] is null, "A side packet is set once.");
        _values[place] = value;
    }

    /// <summary>Fails if the caller has not given what the graph cannot do without.</summary>
    public Outcome CheckInputs()
    {
        for (int i = 0; i < plan.InputSides.Length; i++)
        {
            if (plan.RequiredSides[i] && _values[i] is null)
            {
                return Outcome.Fail(
                    StatusCode.GraphStartError,
                    $"the graph needs the side packet \"{plan.InputSides[i].Name}\"; send it as a parameter of the request");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Fails if a side packet that a node reads is not there.</summary>
    public Outcome CheckNode(PlanNode node)
    {
        for (int i = 0; i < node.InputSides.Length; i++)
        {
            if (!node.Contract.OptionalSides[i] && _values[node.InputSides[i]] is null)
            {
                return Outcome.Fail(
                    StatusCode.GraphStartError,
                    $"no node has set the side packet of {node.Contract.Ports.InputSides[i]} before this one is opened");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Releases all values.</summary>
    public void Clear()
    {
        foreach (object? value in _values)
        {
            (value as SharedValue)?.Release();
        }

        Array.Clear(_values);
    }
}
