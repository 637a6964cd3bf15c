using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>The layout given for one port.</summary>
/// <param name="Served">The layout that callers send or receive.</param>
/// <param name="Model">The model's layout; equal to <paramref name="Served"/> if nothing is transposed.</param>
internal sealed record PortLayout(string Served, string Model)
{
    /// <summary>Whether dimensions are transposed.</summary>
    public bool Transposes => Served != Model;

    /// <inheritdoc/>
    public override string ToString() => Transposes ? $"{Served}:{Model}" : Served;
}

/// <summary>--layout: one layout for the only input, or layouts by port name.</summary>
internal sealed class LayoutSetting
{
    private readonly PortLayout? _anonymous;
    private readonly ImmutableArray<KeyValuePair<string, PortLayout>> _byName;

    private LayoutSetting(PortLayout? anonymous, ImmutableArray<KeyValuePair<string, PortLayout>> byName)
    {
        _anonymous = anonymous;
        _byName = byName;
    }

    /// <summary>Not given.</summary>
    public static LayoutSetting None { get; } = new(null, []);

    /// <summary>The inputs and outputs that it names.</summary>
    public IEnumerable<string> Names => _byName.Select(static pair => pair.Key);

    /// <summary>Parses the option's text; empty = not given.</summary>
    public static Outcome<LayoutSetting> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (!NamedTexts.Is(text))
        {
            Outcome<PortLayout> one = ParseOne(text);
            return one.IsOk ? new LayoutSetting(one.Value, []) : one.WithoutValue;
        }

        Outcome<ImmutableArray<KeyValuePair<string, string>>> named = NamedTexts.Parse(text, StatusCode.LayoutWrongFormat);
        if (!named.IsOk)
        {
            return named.WithoutValue;
        }

        List<KeyValuePair<string, PortLayout>> layouts = [];
        foreach ((string name, string layoutText) in named.Value)
        {
            Outcome<PortLayout> layout = ParseOne(layoutText);
            if (!layout.IsOk)
            {
                return Outcome.Fail(layout.Code, $"Port {name}: {layout.Detail}");
            }

            layouts.Add(new(name, layout.Value));
        }

        return new LayoutSetting(null, [.. layouts]);
    }

    /// <summary>Finds the ports that the layouts belong to.</summary>
    /// <returns>Layouts by port index; or a failure: unknown port, one layout for several inputs, wrong rank, or a transposed
    /// output.</returns>
    public Outcome<PortLayouts> For(IReadOnlyList<PortInfo> inputs, IReadOnlyList<PortInfo> outputs, PortNames names)
    {
        if (_anonymous is not null && inputs.Count != 1)
        {
            return Outcome.Fail(
                StatusCode.AnonymousFixedLayoutNotAllowed,
                $"The model has {inputs.Count} inputs; name the one that is meant, as in {{\"name\":\"{_anonymous}\"}}. "
                    + $"Inputs: {PortNames.List(inputs.Select(names.OfInput))}");
        }

        PortLayout?[] inputLayouts = new PortLayout?[inputs.Count];
        PortLayout?[] outputLayouts = new PortLayout?[outputs.Count];
        foreach ((string name, PortLayout layout) in _anonymous is null ? _byName : [new(names.OfInput(inputs[0]), _anonymous)])
        {
            PortInfo? input = inputs.FirstOrDefault(port => names.OfInput(port) == name);
            PortInfo? output = _anonymous is null ? outputs.FirstOrDefault(port => names.OfOutput(port) == name) : null;
            if (input is null && output is null)
            {
                return Outcome.Fail(
                    names.IsReplacedInput(name) || names.IsReplacedOutput(name)
                        ? StatusCode.ConfigLayoutMappedButUsedRealName
                        : StatusCode.ConfigLayoutIsNotInModel,
                    $"Given: {name}; Inputs: {PortNames.List(inputs.Select(names.OfInput))}; "
                        + $"Outputs: {PortNames.List(outputs.Select(names.OfOutput))}");
            }

            foreach (PortInfo? port in new[] { input, output })
            {
                if (port is { Shape.HasRank: true } && !LayoutText.Fits(layout.Model, port.Shape.Rank))
                {
                    return Outcome.Fail(
                        StatusCode.LayoutIncompatibleWithShape,
                        $"Port: {name}; Layout: {layout.Model}; Shape of the model: {port.Shape}");
                }
            }

            if (input is null && layout.Transposes)
            {
                return Outcome.Fail(
                    StatusCode.ModelConfigInvalid,
                    $"Output {name} cannot be transposed ({layout}): OpenVINO's C API has no such step. "
                        + $"Give {layout.Model} to say what the output is, or transpose it in the model.");
            }

            // A port that passes its input through is both input and output. Only the input can be transposed; the output keeps the
            // model's layout.
            if (input is not null)
            {
                inputLayouts[input.Index] = layout;
            }

            if (output is not null)
            {
                outputLayouts[output.Index] = layout with { Served = layout.Model };
            }
        }

        return new PortLayouts([.. inputLayouts], [.. outputLayouts]);
    }

    private static Outcome<PortLayout> ParseOne(string text)
    {
        string[] parts = text.ToUpperInvariant().Split(':', StringSplitOptions.TrimEntries);
        if (parts.Length > 2)
        {
            return Wrong(text, "there is more than one colon");
        }

        foreach (string part in parts)
        {
            if (LayoutText.FaultOf(part) is { } fault)
            {
                return Wrong(text, fault);
            }
        }

        PortLayout layout = new(parts[0], parts[^1]);
        return LayoutText.SameDimensions(layout.Served, layout.Model)
            ? layout
            : Wrong(text, $"{layout.Served} cannot be turned into {layout.Model} by exchanging dimensions");
    }

    private static Outcome<PortLayout> Wrong(string text, string why) =>
        Outcome.Fail(
            StatusCode.LayoutWrongFormat,
            $"{text}: {why}; a layout is written NCHW, or NHWC:NCHW for what callers send and what the model has.");
}
