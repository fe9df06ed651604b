"""From a video to proposals: detect people, link boxes to tubes, thin, recognize actions."""
