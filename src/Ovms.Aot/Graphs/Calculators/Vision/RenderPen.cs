namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What lines are drawn with.</summary>
/// <param name="Color">The colour.</param>
/// <param name="Thickness">Pixels; at least 1 are drawn.</param>
internal sealed record RenderPen(RenderColor Color, double Thickness);
