namespace Ovms.Inference;

/// <summary>Memory of outputs that may hold infer requests.</summary>
internal interface IDetachable
{
    /// <summary>Gives back the infer requests and keeps the outputs, so that a slow caller can read a large answer.</summary>
    /// <returns>False if the outputs cannot leave an infer request; then nothing was given back.</returns>
    bool TryDetach();
}
