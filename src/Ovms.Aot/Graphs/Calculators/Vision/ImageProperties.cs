using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>ImagePropertiesCalculator: width and height of an image as a pair of ints.</summary>
/// <param name="image">The input IMAGE or IMAGE_CPU.</param>
/// <param name="size">The output SIZE.</param>
internal sealed class ImageProperties(int image, int size) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int image = finder.OptionalInput("IMAGE", VisionKinds.Image);
        image = image >= 0 ? image : finder.Input("IMAGE_CPU", VisionKinds.Image);
        ImageProperties calculator = new(image, finder.Output("SIZE", PacketKind.Pair));
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(image))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(image).Value is not ImagePacket { Form: var form })
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, $"IMAGE is {context.Input(image).Value}; expected: an image"));
        }

        context.Emit(size, new Packet(new ValuePair(form.Width, form.Height), context.Time));
        return new(Outcome.Ok);
    }
}
