using System.Globalization;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// BATCH and NPU accept only models with fixed shapes. BATCH does not report it: it compiles, and then fails internally or gives random
/// answers.
/// </summary>
internal static class StaticShapeRule
{
    /// <summary>The part of a device string that needs fixed shapes; null if none does.</summary>
    public static string? NeededBy(TargetDevice target) => target switch
    {
        { Mode: DeviceMode.Batch } => "BATCH",
        { Devices: [_, ..] devices } when devices.All(static device => device.Type == "NPU") => "NPU",
        _ => null,
    };

    /// <summary>Rejects a model with dynamic shapes if the devices need fixed ones. Pure.</summary>
    /// <param name="target">The devices to run it on.</param>
    /// <param name="isDynamic">Whether any shape in the model is dynamic.</param>
    /// <param name="inputs">The model's inputs.</param>
    public static Outcome Check(TargetDevice target, bool isDynamic, IReadOnlyList<PortInfo> inputs)
    {
        string? needs = NeededBy(target);
        if (needs is null || !isDynamic)
        {
            return Outcome.Ok;
        }

        PortInfo? open = inputs.FirstOrDefault(static input => !input.Shape.IsStatic);
        return Outcome.Fail(StatusCode.ModelConfigInvalid, open is null
            ? $"{target}: {needs} takes models of fixed shapes only; the inputs of this one are fixed, but shapes inside are dynamic, "
                + "which no option can change. Use CPU or GPU"
            : $"{target}: {needs} takes models of fixed shapes only; {Describe(open)}. Fix it with {Remedy(inputs)}");
    }

    private static string Describe(PortInfo input)
    {
        string name = $"input {input.Name ?? $"#{input.Index}"} has shape {input.Shape}";
        if (!input.Shape.HasRank)
        {
            return $"{name}, of which not even the number of dimensions is known";
        }

        IEnumerable<int> open = OpenDimensions(input.Shape);
        string which = string.Join(", ", open.Select(index => $"{index} ({input.Shape[index]})"));
        return $"{name}, where {(open.Count() == 1 ? "dimension" : "dimensions")} {which} {(open.Count() == 1 ? "is" : "are")} dynamic";
    }

    private static string Remedy(IReadOnlyList<PortInfo> inputs)
    {
        PortInfo[] open = [.. inputs.Where(static input => !input.Shape.IsStatic)];
        if (open.All(static input => input.Shape.HasRank && OpenDimensions(input.Shape).SequenceEqual([0])))
        {
            return "--batch_size 1";
        }

        return inputs.Count == 1 || open.Any(static input => input.Name is null)
            ? $"--shape \"{Example(open[0].Shape)}\", with your own numbers"
            : $"--shape '{{{string.Join(", ", open.Select(static input => $"\"{input.Name}\": \"{Example(input.Shape)}\""))}}}', "
                + "with your own numbers";
    }

    private static string Example(PartialShape shape) => shape.HasRank
        ? $"({string.Join(',', Enumerable.Range(0, shape.Rank).Select(index => Number(Math.Max(1, shape[index].Min))))})"
        : "(1,3,224,224)";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<int> OpenDimensions(PartialShape shape) =>
        Enumerable.Range(0, shape.Rank).Where(index => !shape[index].IsStatic);
}
