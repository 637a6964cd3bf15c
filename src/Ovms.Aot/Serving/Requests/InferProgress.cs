namespace Ovms.Serving.Requests;

/// <summary>How far a call's inference got. It decides whether the state in the infer request is still valid.</summary>
internal enum InferProgress
{
    /// <summary>No inference began: the state is unchanged.</summary>
    None,

    /// <summary>An inference began and did not succeed: the state is unknown.</summary>
    Begun,

    /// <summary>The inference succeeded: the state is updated.</summary>
    Done,
}
