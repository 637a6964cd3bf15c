using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>
/// --shape: one shape for the only input, auto for all inputs, or either by input name. The shapes are those that callers send, after
/// --layout.
/// </summary>
internal sealed class ShapeSetting
{
    private readonly PartialShape? _anonymous;

    // A null shape means auto.
    private readonly ImmutableArray<KeyValuePair<string, PartialShape?>> _byName;
    private readonly bool _isAllAuto;

    private ShapeSetting(PartialShape? anonymous, ImmutableArray<KeyValuePair<string, PartialShape?>> byName, bool isAllAuto = false)
    {
        _anonymous = anonymous;
        _byName = byName;
        _isAllAuto = isAllAuto;
    }

    /// <summary>Not given.</summary>
    public static ShapeSetting None { get; } = new(null, []);

    /// <summary>Whether it was given.</summary>
    public bool IsGiven => _anonymous is not null || _byName.Length > 0 || _isAllAuto;

    /// <summary>The inputs that it names.</summary>
    public IEnumerable<string> Names => _byName.Select(static pair => pair.Key);

    /// <summary>Whether it leaves the shape of an input to each call.</summary>
    public bool HasAuto => _isAllAuto || _byName.Any(static pair => pair.Value is null);

    /// <summary>Parses the option's text; empty = not given.</summary>
    public static Outcome<ShapeSetting> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (ShapeText.IsAuto(text))
        {
            return new ShapeSetting(null, [], isAllAuto: true);
        }

        if (!NamedTexts.Is(text))
        {
            Outcome<PartialShape> one = ShapeText.Parse(text);
            return one.IsOk ? new ShapeSetting(one.Value, []) : one.WithoutValue;
        }

        Outcome<ImmutableArray<KeyValuePair<string, string>>> named = NamedTexts.Parse(text, StatusCode.ShapeWrongFormat);
        if (!named.IsOk)
        {
            return named.WithoutValue;
        }

        List<KeyValuePair<string, PartialShape?>> shapes = [];
        foreach ((string name, string shapeText) in named.Value)
        {
            if (ShapeText.IsAuto(shapeText))
            {
                shapes.Add(new(name, null));
                continue;
            }

            Outcome<PartialShape> shape = ShapeText.Parse(shapeText);
            if (!shape.IsOk)
            {
                return Outcome.Fail(shape.Code, $"Input {name}: {shape.Detail}");
            }

            shapes.Add(new(name, shape.Value));
        }

        return new ShapeSetting(null, [.. shapes]);
    }

    /// <summary>Finds the inputs that the shapes belong to.</summary>
    /// <returns>New shapes by input index; or a failure: unknown input, or one shape for several inputs.</returns>
    public Outcome<IReadOnlyList<KeyValuePair<int, PartialShape>>> For(IReadOnlyList<PortInfo> inputs, PortNames names)
    {
        if (_anonymous is not null)
        {
            return inputs.Count == 1
                ? new KeyValuePair<int, PartialShape>[] { new(0, _anonymous) }
                : Outcome.Fail(
                    StatusCode.AnonymousFixedShapeNotAllowed,
                    $"The model has {inputs.Count} inputs; name the one that is meant, as in {{\"name\":\"{Written(_anonymous)}\"}}. "
                        + $"Inputs: {NamesOf(inputs, names)}");
        }

        List<KeyValuePair<int, PartialShape>> found = [];
        foreach ((string name, PartialShape? shape) in _byName)
        {
            if (inputs.FirstOrDefault(input => names.OfInput(input) == name) is not { } port)
            {
                return Outcome.Fail(
                    names.IsReplacedInput(name) ? StatusCode.ConfigShapeMappedButUsedRealName : StatusCode.ConfigShapeIsNotInModel,
                    $"Given: {name}; Inputs: {NamesOf(inputs, names)}");
            }

            if (shape is not null)
            {
                found.Add(new(port.Index, shape));
            }
        }

        return found;
    }

    /// <summary>Whether the shape of an input is left to each call.</summary>
    public bool IsAuto(string input) => _isAllAuto || _byName.Any(pair => pair.Key == input && pair.Value is null);

    // In the option's notation, which differs from that of messages.
    private static string Written(PartialShape shape) =>
        $"({string.Join(',', shape.Dimensions.ToArray().Select(WrittenDimension))})";

    private static string WrittenDimension(Dimension dimension) => dimension switch
    {
        { IsStatic: true } => $"{dimension.Min}",
        { Max: < 0 } => "-1",
        _ => $"{dimension.Min}:{dimension.Max}",
    };

    private static string NamesOf(IReadOnlyList<PortInfo> inputs, PortNames names) => PortNames.List(inputs.Select(names.OfInput));
}
