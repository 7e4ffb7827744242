namespace AkkaFailover.Core.Election;

/// <summary>What a node does for a group right now; the words of status, hooks and logs are these names in lower case.</summary>
public enum Role
{
    /// <summary>Listening after the start; claims nothing before the deadline has passed.</summary>
    Starting,

    /// <summary>Dormant: follows the replica, holds no address.</summary>
    Standby,

    /// <summary>Has decided to claim: adverts carry the new term while the replica is checked to be complete.</summary>
    Replaying,

    /// <summary>Adding the addresses.</summary>
    Claiming,

    /// <summary>Holds the addresses under a running lease.</summary>
    Active,

    /// <summary>Giving up in order: service, replica, addresses, release advert.</summary>
    Releasing,

    /// <summary>Something local is broken; not eligible until the back-off has passed.</summary>
    Fault,

    /// <summary>A standby that an operator has paused: follows the replica, never claims.</summary>
    Maintenance,
}

/// <summary>The words of roles.</summary>
public static class RoleWords
{
    /// <summary>The role in lower case, as the contract writes it.</summary>
    public static string Word(this Role role) => role switch
    {
        Role.Starting => "starting",
        Role.Standby => "standby",
        Role.Replaying => "replaying",
        Role.Claiming => "claiming",
        Role.Active => "active",
        Role.Releasing => "releasing",
        Role.Fault => "fault",
        Role.Maintenance => "maintenance",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };
}
