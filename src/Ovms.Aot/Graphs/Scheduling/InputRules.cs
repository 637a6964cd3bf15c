namespace Ovms.Graphs.Scheduling;

/// <summary>From the policy of a node to its rule.</summary>
internal static class InputRules
{
    /// <summary>What is wrong with a policy at a node; null if nothing is.</summary>
    public static string? Check(NodePorts ports, InputPolicy policy)
    {
        switch (policy.Kind)
        {
            case InputPolicyKind.SyncSet:
                PortName[] named = [.. policy.Groups.SelectMany(static group => group)];
                foreach (PortName port in named)
                {
                    if (!ports.Inputs.Contains(port))
                    {
                        return $"sync_set names the input {port}, which the node does not have; it has {string.Join(", ", ports.Inputs)}";
                    }

                    if (named.Count(other => other == port) > 1)
                    {
                        return $"sync_set names the input {port} twice; an input belongs to one set";
                    }
                }

                return null;
            case InputPolicyKind.FixedSize when policy.TriggerQueueSize < 1 || policy.TargetQueueSize < 1:
                return $"trigger_queue_size is {policy.TriggerQueueSize}, target_queue_size {policy.TargetQueueSize}; expected: 1 and up";
            case InputPolicyKind.Mux when ports.Inputs.Length < 2:
                return $"MuxInputStreamHandler needs at least two inputs, the last of which selects; the node has {ports.Inputs.Length}";
            default:
                return null;
        }
    }

    /// <summary>The rule of a node; the policy has been checked.</summary>
    public static InputRule Of(CalculatorContract contract, InputPolicy policy)
    {
        int inputs = contract.Ports.Inputs.Length;
        bool bounds = contract.ProcessesBounds;
        return policy.Kind switch
        {
            InputPolicyKind.Immediate => new GroupRule([.. Enumerable.Range(0, inputs).Select(static input => new[] { input })], bounds),
            InputPolicyKind.SyncSet => new GroupRule(Groups(contract.Ports.Inputs, policy), bounds),
            InputPolicyKind.Barrier => new BarrierRule(),
            InputPolicyKind.FixedSize => new FixedSizeRule(inputs, policy, bounds),
            InputPolicyKind.Mux => new MuxRule(inputs),
            _ => new GroupRule([[.. Enumerable.Range(0, inputs)]], bounds),
        };
    }

    // The sets, then one of all inputs that are in none.
    private static int[][] Groups(PortName[] inputs, InputPolicy policy)
    {
        List<int[]> groups = [.. policy.Groups.Select(group => group.Select(port => Array.IndexOf(inputs, port)).ToArray())];
        int[] others = [.. Enumerable.Range(0, inputs.Length).Where(input => !groups.Exists(group => group.Contains(input)))];
        if (others.Length > 0)
        {
            groups.Add(others);
        }

        return [.. groups.Where(static group => group.Length > 0)];
    }
}
